from . import test_debt_view
from . import test_demo_table
