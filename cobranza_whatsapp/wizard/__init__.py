from . import cobranza_operations
