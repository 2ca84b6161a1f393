from . import cobranza_operations
from . import cobranza_template_import
