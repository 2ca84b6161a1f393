"""Words and wordings of replies, in lower case without accents.

Keywords: the standard words of carriers and Twilio (STOP, STOPALL, UNSUBSCRIBE, CANCEL,
END, QUIT, REVOKE, OPTOUT; START, UNSTOP) and their Spanish and Portuguese counterparts.
A wording is one line, a regular expression of whole words; ``<name>`` stands for the
fragment of that name.
"""

import re
from typing import Literal


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


OPT_OUT_WORDS = _set("""
baja alto basta parar pare paren parem cancelar remover remova eliminar salir detener
desuscribir desuscribirme desuscribirse darmedebaja nomas sair descadastrar chega
stop stopall unsubscribe cancel end quit revoke optout remove
""")
OPT_IN_WORDS = _set("alta start unstop")

POLITE = _set("""
por favor porfavor porfa porfis xfa xfavor pf plis gracias muchas mil hola buenas buenos
buen dia dias tardes noches saludos ya ahora inmediatamente mismo urgente ok si senor
senora senorita senores estimados
ola oi bom boa tarde noite obrigado obrigada agora gentileza
please pls plz thanks thank you hello hi now
""")
# What a keyword may be about without ceasing to be an opt-out.
SUBJECTS = _set("""
mensaje mensajes mensajitos msj msjs msg msgs sms whatsapp whats wasap wsp wpp
recordatorio recordatorios aviso avisos notificacion notificaciones suscripcion
envio envios numero telefono celular lista
mensagem mensagens lembrete lembretes inscricao notificacoes cadastro
message messages text texts reminder reminders subscription list all
""")

# Words that look like a slip of a keyword and mean something else.
NOT_TYPOS = _set("""
bajo baje caja paja faja raja maja haja baha baya bata bala algo alo ato apto acto auto
alta altas alza salto asalto pato dato gato rato cato santo tanto cuanto
sai saia saiu sir fair hair pair vair sari sal sale salio saliar salida saldra
step shop soap top tops sop spot post stock
hasta vasta pasta casta gasta bast pagar para parra parte parada padre pared parece
parca parce pero pera are were care
and en fin ende bend send lend mend tend fend ent quiet quite quilt quien qui
chegar chego llega cancelado cancelada cancele cancelo canceled cancer canal
eliminado detenido remote removed removido
""")

# QWERTY keys beside each letter that occurs in a short keyword.
NEIGHBOURS = {
    "a": "qwsz",
    "b": "vghn",
    "c": "xdfv",
    "d": "serfcx",
    "e": "wsdr",
    "g": "ftyhbv",
    "h": "gyujnb",
    "i": "ujko",
    "j": "huiknm",
    "l": "kop",
    "m": "njk",
    "n": "bhjm",
    "o": "iklp",
    "p": "ol",
    "q": "wa",
    "r": "edft",
    "s": "awedxz",
    "t": "rfgy",
    "u": "yhji",
}
SOUNDS = ("bv", "szc", "jhgx", "lr", "kcq", "iy")

PAYLOADS: dict[str, Literal["opt_out", "opt_in", "paid", "talk", "other"]] = {
    "PAID": "paid",
    "TALK": "talk",
    "STOP": "opt_out",
    "BAJA": "opt_out",
    "OPT_OUT": "opt_out",
    "START": "opt_in",
    "ALTA": "opt_in",
    "OPT_IN": "opt_in",
}

_FRAGMENTS = {
    "the": "(?:(?:al?|del?|el|las?|los|mis?|una?|estas?|este|estos|sus?|todos) )",
    "o": "(?:(?:d?[ao]s?|meu|minha|est[ae]s?|dest[ae]|dess[ae]|ess[ae]s) )",
    # what reminders are made of
    "note": r"(?:mensaj\w+|msjs?|recordator\w+|avisos?|sms|whats\w*|wasap\w*"
    r"|notific\w+)",
    "own": "(?:numero|num|telefono|tel|celular|cel|contacto|lista|base|datos|registro"
    "|suscripcion|servicio de <note>|linea de whatsapp|<note>)",
    "nota": r"(?:mensage\w+|lembretes?|avisos?|sms|whats\w*|notific\w+)",
    "notes": "(?:messages?|texts?|sms|reminders?)",
    "news": "(?:mas|nada|tant[oa]s?|est[aeo]s?|es[oa]s?|sus?|ningun|informacion"
    "|publicidad|cosas|cobros|cobranzas?|<note>)",
    # a service, a car, an invoice: not the messages
    "thing": "(?: <the>+(?!<the>|<own>))",
    # not "never", but "not at this hour": a person should read that
    "hour": r"(?: (?:tan (?:tarde|temprano|de noche)|(?:de|en las?|por las?) noches?"
    r"|a \w+ horas?|(?:los|el|en) (?:domingos?|sabados?|fin(?:es)?)|antes de|despues de"
    "|hasta|fuera de))",
    "want": "(?:quiero|quisiera|deseo|acepto|necesito|autorizo|permito)",
    "write": r"(?:escrib\w+|molest\w+|contact\w+|hosti[gq]\w+|acos\w+|fastid\w+"
    r"|busqu\w+|llam\w+|marqu\w+|habl\w+|texte\w+)",
    "send": r"(?:mand|envi|pas)(?:en|es?|ar\w*)",
    "please": "(?: ya| por favor| porfa)*",
    "pay": "(?:pague|pagamos|pago|deposite|depositamos|transferi|transferimos|abone"
    "|abonamos|cancele|cancelamos|liquide|liquidamos|consigne|consignamos|cubri)",
    "it": "(?:(?:l[aeo]s?|te|se|me|hoy|ayer|ya) )*",
    "payment": "(?:pago|transferencia|deposito|abono|consignacion)",
}


def _patterns(lines: str) -> tuple[re.Pattern[str], ...]:
    def fill(pattern: str) -> str:
        while "<" in pattern:
            pattern = re.sub("<([a-z]+)>", lambda name: _FRAGMENTS[name[1]], pattern)
        return pattern

    return tuple(
        re.compile(rf"\b(?:{fill(line)})\b") for line in lines.split("\n") if line
    )


OPT_OUT_PHRASES = _patterns(r"""
(?:dar(?: ?me|nos)?|den(?: ?me)?|de|doy|dame|deme) de baja(?!<thing>)
me (?:di|dan) de baja(?!<thing>)
(?:quiero|quisiera|deseo|solicito|pido|requiero|tramitar|procesar) <the>?baja$
(?:la|mi) baja (?:por|en|<the>)<the>*<own>
baja <the>+<own>$
^(?:ya )?no mas$
no mas (?:de )?<the>?(?:<note>|llamadas|cobros|(?:mas|nada|esto)$)
no <want>(?: \w+)? recibir(?! (?:la|el|mi|una?) )
no me interesa(?: \w+)? recibir(?! (?:la|el|mi|una?) )
no <want> (?:mas )?(?:<the>|envio de )*<note>
no <want> que (?:ya )?(?:me|nos) <write>(?!<hour>)
no <want> que (?:ya )?(?:me|nos) <send>(?: <news>|$)(?!<hour>)
no <want> que (?:ya )?(?:me|nos) (?:sigan|vuelvan)
(?:no|nunca) (?:me|nos) <write>(?!<hour>)(?! (?:de|con|por) (?:la|el|mi) )
(?:no|nunca) (?:me|nos) (?:vuelv\w+ a|siga[ns]?|esten?) \w+(?!<hour>)
no (?:vuelv\w+ a|siga[ns]?) <write>
no (?:vuelv\w+ a|siga[ns]?) (?:mand|envi)\w+(?: <news>|$)
no (?:me|nos) <send><please>(?: <news>|$)(?!<hour>)
no <send> (?:mas|nada|est?os)
no molest(?:en?|es|ar)(?: mas)?(?!<hour>)
(?:dej(?:en?|a|es)|par(?:en?|a)|ces(?:en?)|eviten?) (?:ya )?(?:de )?<write>
(?:dej(?:en?|a|es)|par(?:en?|a)|ces(?:en?)) (?:ya )?de (?:mand|envi)ar\w*(?: <news>|$)
(?:dejar de|no) recibir (?:mas )?<the>?<note>
dej(?:en?|a|enme|eme|ame|ennos)(?: me)? (?:ya )?(?:en paz|de molestar|tranquil[oa])
(?:borr|elimin|quit|saqu|sac|retir|bloque)(?:en?|ar?|[ae]me|enme)(?: ya)? <the>*<own>
(?:borr|elimin|quit|saqu|sac|retir)(?:en|e|a)me(?: de (?:aqui|<the>+\w+))?<please>$
(?:cancel|elimin|suspend)(?:[ae]r|[ae]n?) (?:<the>|envio de )*(?:suscripcion|<note>)
(?:deten(?:er|gan?)|par(?:ar|en?)) (?:ya )?(?:<the>|envio de )*<note>
(?:revoco|retiro) <the>?(?:consentimiento|autorizacion|permiso)
(?:alto|basta)(?: ya)? (?:con |tantos |tanto |<the>)+(?:<note>|molest\w+|acoso)
desuscrib\w+
nao (?:quero|desejo|aceito|autorizo)(?: \w+)? receber(?! (?:a|o|minha|meu) )
nao (?:quero|desejo|aceito|autorizo) (?:mais )?<o>?<nota>
nao (?:me|nos) (?:perturb|incomod|escrev|contat|lig|procur)\w+
nao (?:me|nos) (?:envi|mand)e[ms]?(?: (?:mais|nada|isso|ess[ae]s?|<nota>)|$)
nao (?:envi|mand)e[ms]? (?:mais|<nota>)
nao perturbe\w*
(?:chega|sem) (?:de |mais )<nota>
par(?:em?|a) (?:de|com) (?:me )?(?:mand|envi|perturb|incomod|escrev|lig)\w+
par(?:em?|ar?) (?:de |com )?<o>?<nota>
(?:remov|retir|tir|exclu|descadastr)(?:am?|em?|[aei]r) <o>*(?:numero|contato|telefone)
me (?:remov|retir|tir|exclu|descadastr)(?:am?|em?)(?: (?:daqui|disso|<o>lista))?$
(?:quero|desejo|gostaria de) (?:sair|parar)(?: <o>lista)?$
sair <o>lista|descadastr\w+
cancelar <o>?(?:inscricao|assinatura|<nota>)
me deix(?:em?|a) em paz
deix(?:em?|a) de (?:me )?(?:mand|envi|incomod|escrev)\w+
stop (?:it|all|now|this)
stop (?:send|messag|text|contact|writ|bother|call|harass|spamm?)ing
stop (?:the |these |those |your |all |any |more )*<notes>
(?:do not|dont|don t|never) (?:ever )?(?:text|message|contact|write|bother|call)
(?:do not|dont|don t) send (?:me )?(?:any|more|these|<notes>)
(?:unsubscribe|remove|delete|take) (?:me|my (?:number|phone|contact))
(?:i|we) (?:want|wish|would like|d like) to (?:unsubscribe|opt out|stop)
opt (?:me )?out|leave me alone
no more <notes>
""")

# The same words taken back or about the past: "no quiero darme de baja".
REFUSED_OPT_OUT = _patterns(r"""
(?:no|nunca|sin) (?:quiero|deseo|pienso|voy a|he|pedi|pido)(?: \w+){0,3} de baja
no (?:me|nos|l[ao]s?|se) (?:den|dieron|han dado|vayan a dar) de baja
(?:no|nao) (?:quiero|quero) (?:baja|sair|salir|cancelar mi suscripcion)
(?:que|como|cuando) (?:no )?(?:me )?(?:dieron|han dado|dio) de baja
(?:do not|dont|don t) (?:unsubscribe|remove|opt)
""")

OPT_IN_PHRASES = _patterns(r"""
^(?:quiero |deseo |pueden )?(?:darme|denme|deme|dame) de alta(?: de nuevo)?<please>$
""")

PAID_PHRASES = _patterns(r"""
ya <it><pay>
^(?:si )?<it>(?:pague|pagamos|deposite|transferi|abone|cancele|liquide|consigne)$
^(?:si )?<it>(?:pague|deposite|transferi|abone|cancele) (?:ayer|anoche|hoy|todo|el|la)
(?:esta|quedo|fue|estan) (?:ya )?(?:todo )?(?:pagad|cancelad|liquidad|saldad)[oa]s?
ya (?:se )?(?:hice|hicimos|realic\w+|efectu\w+|hizo|mande|envie) (?:\w+ ){1,2}<payment>
^(?:hice|realice|efectue) (?:\w+ )<payment>
^(?:listo |ok |si |ya )*(?:pagad|cancelad|liquidad)[oa]s?(?: (?:ayer|hoy|gracias))*$
(?:adjunto|envio|mando|paso|anexo|aqui (?:esta|va)) <the>?(?:comprobante|recibo|voucher)
(?:ja|eu) (?:paguei|pagamos|transferi|depositei|quitei)
^(?:paguei|quitei)
(?:esta|foi) (?:pag[oa]|quitad[oa])
ja fiz <o>(?:pagamento|pix|transferencia)
(?:pagamento|pago) (?:feito|realizado|efetuado)
(?:i|we|i ve|we ve|have|already) (?:have |just |already )*(?:paid|transferred)
^(?:already |it s |its )?paid$
payment (?:was |has been |is )?(?:made|sent|done)
""")
UNPAID_PHRASES = _patterns(r"""
(?:no|nunca|sin que|cuando) (?:he |hemos )?<it>(?:<pay>|(?:esta )?pagad[oa]|hice)
nao (?:paguei|pagamos|(?:esta|foi) pag[oa])
(?:not|never|haven t|havent|didn t|didnt|when|if|until)(?: \w+)? (?:paid|pay)
""")

TALK_PHRASES = _patterns(r"""
(?:hablar|comunicar\w*|contactar\w*|platicar|conversar) con \w+
(?:quiero|quisiera|necesito|deseo|puedo|podemos) hablar
(?:quiero|quisiera|necesito|deseo) que me (?:llamen?|marquen|contacten|atiendan)
^(?:una? )?(?:asesor\w*|agente|humano|persona|ejecutiv[oa]|ayuda|help)<please>$
^(?:llam|marqu|contact|atiend)[ae]n?(?:me|nos)
me (?:pueden?|podrian?) (?:llamar|marcar|contactar|atender|ayudar)
(?:falar|conversar) com \w+|^atendente$
me liguem?
(?:quero|preciso) (?:falar|de ajuda)
(?:talk|speak) (?:to|with) \w+
^(?:please )?call me|^agent$
""")
