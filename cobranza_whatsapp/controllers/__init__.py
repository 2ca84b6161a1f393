from . import page
from . import webhook
from . import evidence
from . import consent
