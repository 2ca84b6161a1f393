"""Words and wordings of replies, in lower case without accents.

Keywords: the standard words of carriers and Twilio (STOP, STOPALL, UNSUBSCRIBE, CANCEL,
END, QUIT, REVOKE, OPTOUT; START, UNSTOP) and their Spanish and Portuguese counterparts.
A wording is one line, a regular expression of whole words; ``<name>`` stands for the
fragment of that name.
"""

# ruff: noqa: E501 (a wording is one line)

import re
from collections.abc import Mapping
from typing import Literal


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


OPT_OUT_WORDS = _set("""
baja alto basta parar pare paren parem cancelar remover remova eliminar salir detener
detengase detenganse desuscribir desuscribirme desuscribirse darmedebaja nomas spam
sair descadastrar chega
stop stopall unsubscribe unsub cancel end quit revoke optout remove enough
""")
# Those that mean it even when the person goes on: "Baja, ya no soy cliente".
STRONG_WORDS = _set("baja stop sair unsubscribe descadastrar pare parem optout")
OPT_IN_WORDS = _set("alta start unstop")

POLITE = _set("""
por favor porfavor porfa porfis xfa xfavor x pf plis gracias muchas mil hola buenas
fa buenos buen dia dias tardes noches saludos ya ahora inmediatamente mismo urgente
ok si senor senora senorita senores estimados mi definitiva definitivo inmediata total
ola oi bom boa tarde noite obrigado obrigada agora gentileza ja
please pls plz kindly thanks thank you hello hi now
""")
# Who says please wants anything.
PLEASE = _set("""
favor porfavor porfa porfis xfa xfavor pf plis please pls plz kindly gentileza
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
algo alo alta apto ato baha bast bata cancelan cancelas cancele cancelo cancer eliminan
evoke gasta haja hasta padre para parad pared pares parra parte qui remora remote
removed retener sai said sail salto sari sir sop spa span vasta
""")

# How people shorten words on a telephone.
SHORT_FORMS = {
    "d": "de",
    "q": "que",
    "k": "que",
    "ke": "que",
    "m": "me",
    "kiero": "quiero",
    "qiero": "quiero",
    "n": "no",
    "pls": "please",
    "plz": "please",
    "dnt": "dont",
    "txt": "text",
    "txting": "texting",
    "msging": "messaging",
    "porfavor": "por favor",
    "porfa": "por favor",
    "vc": "voce",
    "naum": "nao",
    "qero": "quero",
    "ta": "esta",
    "aki": "aqui",
    "ur": "your",
    "u": "you",
    "tmrw": "tomorrow",
}

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
    "the": "(?:(?:al?|del?|el|las?|los|mis?|una?|estas?|este|estos|sus?|tus?|todos) )",
    "o": "(?:(?:d?[ao]s?|meu|minha|est[ae]s?|dest[ae]|dess[ae]|ess[ae]s) )",
    "me": "(?:me|nos|les?|te)?",
    "hence": "(?: de (?:aqui|aca|ahi|esto))",
    "please": "(?: ya| mas| por favor| porfa| gracias)*",
    # what reminders are made of
    "note": r"(?:mensaj\w+|ms[jg]s?|recordator\w+|avisos?|sms|whats\w*|wasap\w*"
    r"|notific\w+)",
    "nota": r"(?:mensage\w+|ms[jg]s?|lembretes?|avisos?|sms|whats\w*|notific\w+"
    "|e ?mails)",
    "notes": "(?:messages?|texts?|sms|reminders?|e ?mails)",
    # several e-mails; one of them can be meant in many other ways
    "notemail": "(?:<note>|correos(?: electronicos)?|e ?mails|mails)",
    # what one is taken off from, and what is taken off
    "list": "(?:listas?|grupo|base|contactos|sistema|registros?|agenda)",
    "mail": r"(?:e ?mails?|mails?|correos?(?: electronicos?)?)",
    "own": "(?:numero|num|telefono|tel|celular|cel|contacto|datos|suscripcion|<list>"
    "|servicio de <note>|linea de whatsapp|<note>)",
    # a service, a car, an invoice: not the messages
    "thing": "(?: <the>+(?!<the>|<own>|correo|mail|e ?mail))",
    # not "never", but "not at this hour": a person should read that
    "hour": r"(?: (?:tan (?:tarde|temprano|de noche)|(?:de|en las?|por las?) noches?"
    r"|a \w+ horas?|(?:los|el|en) (?:domingos?|sabados?|fin(?:es)?)|antes de|despues de"
    "|hasta|fuera de))",
    "want": "(?:quiero|quisiera|deseo|acepto|necesito|autorizo|permito)",
    # wishes only: "no me escriban", not "no me escribieron"
    "wish": "(?:escrib(?:an?|as|irme|irnos|ieran?)|insist(?:an?|as)"
    "|(?:molest|contact|fastidi|acos)(?:en?|es|arme|arnos|aran?)"
    "|hosti(?:guen?|garme)|ching(?:uen|arme)|jodan)",
    "write": "(?:<wish>|escribir|molestar|contactar|hostigar|acosar|chingar|joder"
    "|fregar)",
    "call": "(?:(?:llam|habl)(?:en?|es|ar<me>)|(?:mar|bus)(?:quen?|ques|car<me>))",
    "send": "(?:(?:mand|envi|pas)(?:en?|es|ar<me>|aran?))",
    "sending": "(?:escribiendo|insistiendo"
    "|(?:molest|contact|fastidi|acos|hostig|ching|llam|busc|mand|envi)ando)",
    "still": "(?=$| (?:mas|nunca|jamas|otra vez|de nuevo|a (?:este|mi)|por favor|ni))",
    "news": "(?:mas|nada|tant[oa]s?|ningun|informacion|publicidad|cosas|cobros"
    "|cobranzas?|<note>|(?:est[aeo]s?|es[oa]s?|[st]us)(?: <note>|$))",
    "end": r"(?:(?:cancel|anul|elimin|suspend|desactiv|apag|borr|quit|sac|saqu|retir"
    r"|bloque|suprim|exclu)\w{1,6}|det(?:en|eng)\w+|par(?:ar|en))",
    "dont": "(?:do not|dont|don t|never)(?: ever)?",
    "contacted": "(?:contacted|messaged|texted|called|<notes>)",
    "again": r"(?:volver a (?:activ|recib|mand|envi)\w+|activar\w* (?:otra vez|de nuevo))",
    "pay": "(?:pague|pagamos|pago|deposite|depositamos|transferi|transferimos|abone"
    "|abonamos|cancele|cancelamos|liquide|liquidamos|consigne|consignamos|cubri)",
    "it": "(?:(?:l[aeo]s?|te|se|me|hoy|ayer|ya) )*",
    "payment": "(?:pago|transferencia|deposito|abono|consignacion)",
}


def same_sound(text: str) -> str:
    """Return the text with one letter for b and v, which many people mix up."""
    return text.replace("v", "b")


def patterns(
    lines: str, fragments: Mapping[str, str] | None = None
) -> tuple[re.Pattern[str], ...]:
    """Return the wordings, one a line; ``fragments`` are names of their own."""
    known = {**_FRAGMENTS, **(fragments or {})}

    def fill(pattern: str) -> str:
        # Not a look-behind, which begins with a question mark.
        while re.search("<[a-z]+>", pattern):
            pattern = re.sub("<([a-z]+)>", lambda name: known[name[1]], pattern)
        return pattern

    return tuple(
        re.compile(rf"\b(?:{same_sound(fill(line))})\b")
        for line in lines.split("\n")
        if line
    )


_SPANISH = r"""
(?:dar(?: ?me|nos)?|den(?: ?me|nos)?|des?|denos|doy|dame|deme) de baja(?!<thing>)
me (?:di|dan) de baja(?!<thing>)
^(?:quiero |favor de )?(?:dar|dame|deme|denme) (?:la |mi )?baja<please>$
(?:quiero|quisiera|deseo|solicito|pido|requiero) <the>?baja<please>$
(?:proced|tramit|proces|confirm)\w+ (?:con )?<the>?baja<please>$
(?:la|mi) baja (?:por|en|<the>)<the>*<own>
baja <the>+<own>$
(?:dij|escrib|puse|solicit)\w* (?:que |<the>)*baja\b(?!<thing>| de <the>*(?:servicio|cuenta|linea))
^(?:hola )?baja (?:por favor|ya|gracias|inmediata)\b
^(?:ya )?no (?:quiero|deseo)? ?(?:mas|<notemail>)<please>$
no mas (?:de )?<the>?(?:<notemail>|llamadas|cobros|(?:nada|esto)$)
no (?:<want>|me interesa)(?: \w+)? recibi(?:r|endo)(?! (?:la|el|mi|una?) )
no (?:recibir|recibiendo)(?: mas)? <the>?<notemail>
no <want> (?:(?:mas|tant[oa]s|es[oa]s?|tipo|envio|recibir) |<the>)*<notemail>
no (?:<want>|volver a) (?:volver a )?(?:ser|que sea) (?:contactad|molestad|buscad)[oa]
(?:no|nunca|ni) <want> que (?:ya )?(?:me|nos) <write>(?!<hour>)
(?:no|nunca|ni) <want> que (?:ya )?(?:me|nos) vuelvan a (?:<write>|<call>|<send>)
(?:no|nunca|ni) <want> que (?:ya )?(?:me|nos) (?:sigan <sending>|<send>(?: <news>|$))
(?:no|ni) (?:les? )?autorizo (?:el |la |a |que |para )(?:me )?(?:<wish>|uso|contacto)
(?:no|ni) (?:les? )?autorizo (?:a )?(?:que )?(?:usen|utilicen|usar|me <call>|me <send>)
(?:dej|ces|par)\w{0,8} (?:ya )?de (?:fregar|joder|molestar|chingar|estar (?:<sending>|joda|fregan)\w*)
no (?:les? )?(?:doy|di|he dado|tienen) <the>?(?:consentimiento|autorizacion|permiso)
no (?:<want>|me parece) que (?:ya )?(?:me|nos|se) \w+ por (?:<the>)*<note>
prohib\w+ (?:que me )?(?:<write>|<call>|<send>)
(?:no|nunca|ni) (?:me|nos) <write>(?!<hour>| (?:asi|feo|mal|que)\b)
(?:no|nunca|ni) (?:me|nos) <call><still>(?!<hour>)
no (?:me|nos) <send><please>(?: <news>|$)(?!<hour>)
(?:no|nunca) (?:me |nos )?(?:volver|vuelv\w+) a (?:<write>|<call>)(?!<hour>)
(?:no|nunca) (?:me |nos )?(?:volver|vuelv\w+) a <send>(?: <news>|$)
(?:no|nunca) (?:me |nos )?(?:siga[ns]?|esten?) <sending>(?!<hour>)
(?:no|nunca) (?:<write>|<call>)<please>$
no (?:molest|insist|fastidi)(?:en?|es|an?|as)\b(?!<hour>)
no (?:escrib(?:an?|as|ir)|contact(?:en?|es|ar)) mas
no <send> (?:mas|nada|est?os)
no (?:mand|envi)(?:en|es|ar)(?: mas)?(?: <note>|$)
no (?:usar|usen?|utilicen?) (?:mas )?<the>?(?:numero|telefono|contacto|datos)
(?:dej|ces|evit|abst|par)\w{0,8} (?:ya )?(?:de )?(?:<write>|<call>|(?:estar )?<sending>)
(?:dej|ces|evit|abst|par)\w{0,8} (?:ya )?(?:de )?(?:mand|envi)ar\w*(?: <news>|$)
dej(?:ar|en?|e) de recibir (?:mas )?<the>?<notemail>
dej(?:en?|a|enme|eme|ame|ennos)(?: me)? (?:ya )?(?:en paz|de molestar|tranquil[oa])
<end> (?:ya |<the>|recepcion |envio )*<own>
(?:borr|elimin|quit|saqu|sac|retir|sal|exclu)(?:[aei]r?|en|yan)me<hence>?<please>$
me (?:borr|elimin|quit|saqu)(?:en?|es)<please>$
(?:revoco|retiro) <the>?(?:consentimiento|autorizacion|permiso)
(?:alto|basta|stop|paren?(?:le)?)(?: ya)? (?:con |tant[oa]s? |<the>)+(?:<notemail>|molestar)
(?:alto|stop|paren?(?:le)?) con (?:esto|eso)
(?:salir|salirme|me quiero salir) de <the>+<list>
(?:me quiero salir|quiero salirme)$
(?:des|desin)suscri\w+|desuscri\w+|desinscri\w+
derechos? (?:de |a |arco |la |mi )*(?:cancelacion|oposicion|supresion|arco)
^(?:(?:hola|es|este|tienen?|perdon|disculp[ae]|un|el) )*numero (?:equivocad|incorrect)o
se equivo\w+ de numero
que no (?:me|nos) lleguen?(?: mas)?(?: <the>?<notemail>)?$
(?:pero )?por <the>?<note> no$|pero no por <the>?<note>$
(?<!me )(?<!se )(?:los|te) (?:bloqueo|bloqueare|voy a bloquear)$
cort(?:en|a|e)la(?:n)? (?:ya )?con
no seguir recibiendo (?:mas )?<the>?<notemail>
"""
_PORTUGUESE = r"""
nao (?:quero|desejo|aceito|autorizo)(?: \w+)? receber(?! (?:a|o|minha|meu) )
nao (?:quero|desejo|aceito|autorizo) (?:(?:mais|esse|tipo|de) |<o>)*(?:<nota>|contato)
nao (?:quero|desejo)(?: mais)? ser (?:contat|incomod|perturb|procur)ad[oa]
^nao quero mais$
(?:nao|nem) (?:autorizo|permito|aceito) (?:o|a|que) (?:uso|contato|usem|me (?:cobrem|mandem|enviem|liguem))
nao receber (?:mais|<nota>)
parar de receber(?! (?:a|o|minha|meu) )
(?:nao|nem) (?:me|nos) (?:perturb|incomod|contat|procur|ench)(?:em?|es|ar)
(?:nao|nem) (?:me|nos) (?:escrev(?:am?|as)|ligu(?:em?|es))
nao (?:me|nos) (?:envi|mand)(?:e[ms]?|a)(?: (?:mais|nada|isso|ess[ae]s?|<nota>)|$)
(?:nao|nem) (?:envi|mand)(?:e[ms]?|ar?) (?:mais|<nota>)
nao perturbe\w*
(?:chega|sem) (?:de |mais )<nota>
(?:par|deix)(?:em?|ar?) (?:de|com) (?:me )?(?:mand|envi|perturb|incomod|escrev|ench)\w+
(?:par|deix)(?:em?|ar?) de (?:me )?ligar
par(?:em?|ar?) (?:de |com )?(?:<o>?<nota>|isso)
(?:remov|retir|tir|exclu|descadastr|apag|bloque)\w{1,4} <o>*(?:numero|contato|telefone)
(?:remov|retir|tir|exclu)\w{1,4} <o>lista
me (?:remov|retir|tir|exclu|descadastr)(?:am?|em?|[aei]r)(?: (?:daqui|disso))?<please>$
cancel(?:ar|em?|a) <o>?(?:envio de |recebimento de )?(?:inscricao|assinatura|<nota>)
cancel(?:ar|em?|a) <o>?(?:envio|recebimento)$
(?:quero|desejo|gostaria de) (?:sair|parar)(?: <o>(?:lista|grupo))?$
sair <o>(?:lista|grupo)|descadastr\w+
me deix(?:em?|a) em paz|me esque\w+
^(?:e |este e )?numero errado
(?:nao|nunca) (?:me )?(?:voltem?|tornem?) a (?:me )?(?:contac?t|escrev|lig|mand|incomod|perturb)\w+
nao quero mais receb\w+ isso
va[oi] (?:chatear|perturbar|encher|incomodar) outr\w+
esque\w+ <o>?(?:zap|numero|telefone|contato|whats\w*)
"""
_ENGLISH = r"""
stop (?:it|all|now|this)
(?:stop|quit|cease) (?:send|messag|text|contact|writ|bother|call|harass|spamm?)ing
stop (?:with |the |these |those |your |all |any |more )*(?:<notes>|msgs?)
<dont> (?:text|message|contact|write|bother|disturb|call)(?: to)?(?: me| us)?$
<dont> (?:text|message|contact|write|bother|call)(?: \w+){0,2} (?:any ?more|again)
<dont> (?:text|message|write|bother) (?:me|us|this)
<dont> (?:want|wish) (?:to )?(?:(?:be|get|receive|any|more|the|these|your) )*<contacted>
<dont> send (?:me )?(?:any\w*|more|these|<notes>)
^(?:please )?unsubscribe|(?:revoke|withdraw) my consent|get me off
no longer (?:want|wish)(?: \w+){0,3} <notes>
(?:unsubscribe|remove|delete|take) (?:me$|me (?:please|now|from|off))
(?:unsubscribe|remove|delete|take) (?:my|this) (?:number|phone)
(?:i|we) (?:want|wish|would like|de? like) to (?:unsubscribe|opt out|stop)
opt (?:me )?out|leave me alone|cease and desist
(?:<dont>|no longer) consent|no more <notes>|^(?:please )?no (?:<notes>|more)$
wrong number$|^(?:sorry )?wrong number
(?:lose|forget) (?:my|this) number|^enough already
(?:quit|stop) blowing up
refrain from (?:messag|contact|text|writ|call)ing
(?:make|get) (?:\w+ )?(?:<notes>|msgs?) (?:go away|to stop|stop)
how (?:do|can) (?:i|we) (?:stop|unsubscribe|opt out)(?: \w+){0,2} (?:<notes>|msgs?)
"""
OPT_OUT_PHRASES = patterns(_SPANISH + _PORTUGUESE + _ENGLISH)

# The same words taken back or about the past: "no quiero darme de baja".
REFUSED_OPT_OUT = patterns(r"""
(?:no|nunca|sin) (?:quiero|deseo|pienso|voy a|he|pedi|pido)(?: \w+){0,3} de baja
no (?:me|nos|l[ao]s?|se) (?:den|dieron|han dado|vayan a dar) de baja
no (?:me |se |han )?<end> <the>*<own>
(?:no|nao) (?:quiero|quero) (?:baja|sair|salir|cancelar mi suscripcion)
(?:que|como|cuando) (?:no )?(?:me )?(?:dieron|han dado|dio) de baja
(?:do not|dont|don t) (?:unsubscribe|remove|opt)
de baja (?:sin querer|por error|por equivocacion)
(?:descadastr|desuscri|cancel|unsubscri)\w+ (?:\w+ ){0,2}(?:s[ei][mn] querer|por (?:error|engano)|by (?:mistake|accident))
se (?:va|van|tiene|debe)n? (?:a |que )?<end> (?:<the>)*<own>
(?:pedi|pedimos|solicite|solicitamos) que (?:ya )?(?:no )?(?:me|nos) \w+ (?:\w+ ){1,25}?(?<!no quiero )(?<!no quisiera )<again>
<end> de <the>*<list> (?:la|el) (?:cuenta|direccion)
dar de baja (?:\w+ ){0,2}(?:licencias?|usuarios?|lineas?|equipos?)
""")

OPT_IN_PHRASES = patterns(r"""
^(?:quiero |deseo |pueden )?(?:darme|denme|deme|dame) de alta(?: de nuevo)?<please>$
(?:quiero|deseo|acepto|me gustaria) (?:volver a )?recibir (?:\w+ )?<the>?<note>
(?:quiero|deseo|acepto|quisiera|quisieramos|queremos) volver a recibir
(?:pueden?|podrian?) (?:\w+ ){0,2}<again>
(?:pueden?|vuelvan?|vuelve|sigan) (?:a |volver a )+(?:mand|envi|escrib)\w+(?! la factura)
(?:mand|envi)\w+ <the>?<note> (?:de nuevo|otra vez|nuevamente)
(?:quero|pode\w*|podem) voltar a (?:receber|mandar|enviar|avisar|contac?tar|escrever)
(?:si|arrepenti) (?:mand|envi)(?:en|a|e)me <the>?<note>
pueden? (?:volver a )?(?:<write>|<send>) (?:otra vez|de nuevo|nuevamente)
vuelv[ae]n? a (?:apuntar|inscribir|suscribir|agregar|activar|anotar)(?:me)?
(?:re)?activ(?:en|a|e)(?:me|nme|n)? (?:de nuevo |otra vez |nuevamente )?<the>?<note>
reativ(?:a|e|em)(?: ai| de novo| <o>?<nota>|$)
turn (?:the |my |these )*<notes> back on|turn back on (?:the |my )*<notes>
(?:quero|aceito) receber <o>?<nota>
(?:text|message|contact|write) (?:me|us) again
(?:resume|restart|start) (?:sending )?(?:the |those |my |your |these )*<notes>
(?:want|like) (?:to )?(?:get|receive|receiving)(?: \w+){0,2} <notes>
""")

PAID_PHRASES = patterns(r"""
ya <it><pay>
^(?:si )?<it>(?:pague|pagamos|deposite|transferi|abone|cancele|liquide|consigne)$
^(?:si )?<it>(?:pague|deposite|transferi|abone|cancele) (?:ayer|anoche|hoy|todo|el|la)
(?:esta|quedo|fue|estan) (?:ya )?(?:todo )?(?:pagad|cancelad|liquidad|saldad|cubiert)[oa]s?
acab(?:o|amos|e) de (?:pagar|depositar|transferir|abonar|liquidar|consignar|hacer|cubrir|mandar|enviar)\w*(?! (?:ver|leer|recibir))
ya (?:se |quedo |esta |estan )+(?:el |la |su )*(?:<payment>|pago|abono|pagad[oa]|hecho)
<payment> (?:ya )?(?:se |fue |esta |quedo |lo |la )+(?:realiz|hech|hiz|efectu|aplic|envi|mand)\w*
ya se (?:pago|deposito|transfirio|abono|liquido|cubrio)
ya (?:se )?(?:hice|hicimos|realic\w+|efectu\w+|hizo|mande|envie) (?:\w+ ){1,2}<payment>
^(?:hice|realice|efectue) (?:\w+ )<payment>
^(?:listo |ok |si |ya )*(?:pagad|cancelad|liquidad)[oa]s?(?: (?:ayer|hoy|gracias))*$
(?:adjunto|envio|mando|paso|anexo|ahi (?:esta|va)|aqui (?:esta|va)) <the>?(?:comprobante|recibo|voucher|soporte|ficha)
(?:ja|eu) (?:paguei|pagamos|transferi|depositei|quitei)
^(?:paguei|quitei)
(?:esta|foi) (?:pag[oa]|quitad[oa])
ja fiz <o>(?:pagamento|pix|transferencia)
(?:pagamento|pago) (?:feito|realizado|efetuado)
(?:i|we|i ve|we ve|have|already) (?:have |just |already )*(?:paid|transferred)
^(?:already |it s |its )?paid$
already paid|(?:just )?(?:sent|made|wired) (?:\w+ ){0,2}payment
payment (?:already )?(?:went through|cleared)
(?:segue|enviei|mandei|anexo)(?: \w+)? (?:o )?comprovante
(?:acabei|terminei) de (?:pagar|transferir|depositar|fazer o (?:pix|pagamento))
payment (?:was |has been |is )?(?:made|sent|done)
^<payment> (?:ya )?(?:hech|realizad|enviad|efectuad|mandad)[oa]
ya quedo <it><pay>
(?:^|i )(?:zelled|venmoed|wired) |(?:check|cheque|transfer|wire) (?:already )?cleared
""")
UNPAID_PHRASES = patterns(r"""
cancelad[oa]s? (?:(?:y|por|ante|en) )+(?:sustitu|reempla|refactu|error|duplic|el sat)\w*
(?:no|nunca|sin que|cuando) (?:he |hemos )?<it>(?:<pay>|(?:esta )?pagad[oa]|hice)
nao (?:paguei|pagamos|(?:esta|foi) pag[oa])
(?:not|never|haven t|havent|didn t|didnt|when|if|until)(?: \w+)? (?:paid|pay)
""")

TALK_PHRASES = patterns(r"""
(?:hablar|comunicar\w*|contactar\w*|platicar|conversar) con \w+
(?:quiero|quisiera|necesito|deseo|puedo|podemos) hablar
(?:quiero|quisiera|necesito|deseo) que me (?:llamen?|marquen?|contacten?|atiendan?)
^(?:una? )?(?:asesor\w*|agente|humano|persona|ejecutiv[oa]|ayuda|help)<please>$
^(?:llam|marqu|contact|atiend)[ae]n?(?:me|nos)
^que (?:me|nos) (?:llamen?|marquen?|contacten?|atiendan?)
comuni(?:que|ca)n?(?:me|nos) con
me (?:pueden?|podrian?) (?:llamar|marcar|contactar|atender|ayudar)
(?:falar|conversar) com \w+|^atendente$
(?:pas|comuniqu|transfier|pong)(?:[ae]n?me|[ae]nos) con
(?:alguien|persona|humano) (?:\w+ ){0,3}(?:que )?me (?:atienda|ayude|conteste|llame)
tem (?:algum|alguma|alguem|um|uma) ?(?:humano|pessoa|atendente)
me lig(?:a|uem?)
(?:quero|preciso) (?:falar|de ajuda)
(?:talk|speak) (?:to|with) \w+
^(?:please )?call me|(?:someone|somebody|anyone) (?:to )?(?:call|contact|phone) me|^agent$
""")
