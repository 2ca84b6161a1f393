{
    "name": "Measurement: Twilio is the emulator",
    "version": "19.0.1.0.0",
    "author": "cobranza_whatsapp contributors",
    "license": "LGPL-3",
    "depends": ["base"],
    "post_load": "redirect",
    "installable": True,
}
