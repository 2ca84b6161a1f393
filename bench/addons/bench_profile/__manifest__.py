{
    "name": "Measurement: profile the scheduled actions",
    "version": "19.0.1.0.0",
    "author": "cobranza_whatsapp contributors",
    "license": "LGPL-3",
    "depends": ["base"],
    "post_load": "profile_crons",
    "installable": True,
}
