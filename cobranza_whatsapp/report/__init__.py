from . import cobranza_evidence_report
