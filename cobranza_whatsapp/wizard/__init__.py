from . import base_partner_merge
from . import cobranza_operations
from . import cobranza_template_import
