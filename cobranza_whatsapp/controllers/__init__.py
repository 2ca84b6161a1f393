from . import page
from . import webhook
