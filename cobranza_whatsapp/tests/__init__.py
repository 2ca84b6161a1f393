from . import test_debt_view
from . import test_demo_table
from . import test_flow
from . import test_intact_names
from . import test_links
from . import test_numbers
from . import test_templates
from . import test_webhook
