"""Wordings of what a debtor says about the debt: he will pay, or he disputes it.

Same notation as in `reply_words`: one wording a line, lower case without accents.
"""

# ruff: noqa: E501 (a wording is one line)

from .reply_words import patterns

_PARTS = {
    "day": "(?:lunes|martes|miercoles|jueves|viernes|sabado|domingo|quincena"
    r"|fin de (?:mes|semana|ano)|finales|dia \d{1,2}|\d{1,2}(?: de \w+| \d{1,2})?)",
    "when": "(?:hoy|manana|pasado manana|al? rato|en la (?:tarde|noche)"
    "|(?:est[ae]|la otra|otra|la proxima|proxima|la siguiente) (?:semana|quincena)"
    "|(?:el |este |proximo |otro |siguiente )*mes(?: que (?:entra|viene))?"
    "|(?:(?:para|hasta|desde|antes|el|los|la|del?|al?|este|proximo|siguiente) )*<day>"
    r"|en (?:un[oa]s? |\w+ )?(?:horas?|dias?|semanas?)|en cuanto|apenas)",
    "deed": "(?:pag|deposit|transfer|transfier|abon|liquid|consign|cancel|salda|sald"
    "|gir|cubr|finiquit)",
    "act": "(?:<deed>(?:o|amos|imos)|(?:hago|hacemos|mando|envio|realizo)"
    " (?:el |la |un |una |su |mi )*(?:pago|deposito|transferencia|abono|consignacion|bizum|yape|spei|nequi|giro)"
    "|(?:quedo|quedamos|me pongo|nos ponemos) (?:al corriente|al dia|a mano))",
    "to": "(?:<deed>(?:[aei]r)(?:les?|l[oa]s?|sel[oa]s?)?|hacer(?:les?)?"
    " (?:el |la |un |una |su |mi )*(?:pago|deposito|transferencia|abono|consignacion)"
    "|ponerme al (?:corriente|dia)|quedar al (?:corriente|dia))",
    "quando": "(?:hoje|amanha|depois de amanha|(?:segunda|terca|quarta|quinta|sexta)"
    r"(?: feira)?|sabado|domingo|(?:no |ate o? ?)?dia \d{1,2}|semana que bem"
    "|(?:no |ate o? ?)?(?:fim|final) do mes|mes que bem|proxim[ao] \\w+|essa semana"
    "|(?:assim que|quando) (?:eu )?(?:receber|cair))",
    "faz": "(?:pago|pagamos|quito|acerto|deposito|transfiro|(?:faco|mando|enbio)"
    " (?:o |um |a )?(?:pix|pagamento|deposito|transferencia|ted))",
    "enwhen": "(?:today|tonight|tomorrow|(?:on |by |next |this )*"
    "(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|week|weekend|month"
    r"|payday|the \d{1,2}\w*)|end of (?:the )?(?:week|month)|(?:in|within) \w+ "
    r"(?:days?|weeks?|hours?)|(?:january|february|march|april|may|june|july|august"
    r"|september|october|november|december) \d{1,2})",
    "goods": "(?:mercancias?|productos?|pedidos?|materiales|material|servicios?"
    "|articulos?|equipos?|trabajos?|compras?|cosas?)",
    "bill": "(?:facturas?|cargos?|cobros?|cuentas?|deudas?|adeudos?|recibos?)",
    "sum": "(?:montos?|importes?|balores?|cantidad(?:es)?|total|saldo|precios?|<bill>)",
}

PROMISE_PHRASES = patterns(
    r"""
(?:boy|bamos|paso|pasamos|pasare|pasaremos) a <to>
<deed>(?:are|aremos|ere|eremos|ire|iremos)\b(?! a )
(?:puedo|podemos|podria|podre|espero|quedo de|quedamos de) <to>(?: \w+){0,5} <when>
<when>(?: \w+){0,4} (?:<it>)?(?:puedo|podemos|podria|podre|espero) <to>
(?:prometo|prometemos|me comprometo|nos comprometemos|comprometo)(?: \w+){0,3} <to>
(?:prometo|me comprometo|nos comprometemos) (?:que |con )
\b<act>(?: \w+){0,5} <when>\b
\b<when>(?: \w+){0,5} (?:<it>)?<act>\b
(?:bou|bamos) (?:pagar|depositar|transferir|quitar|acertar|fazer o (?:pix|pagamento))
(?:pagarei|pagaremos|depositarei|transferirei|prometo pagar)
(?:posso|consigo) (?:pagar|depositar|fazer o (?:pix|pagamento))(?: \w+){0,4} <quando>
\b<faz>(?: \w+){0,4} <quando>\b
\b<quando>(?: \w+){0,4} <faz>\b
(?:will|ll|gonna|going to|promise to) (?:\w+ )?(?:pay|transfer|deposit|settle)
(?:will|ll|gonna|going to) (?:\w+ )?(?:send|make) (?:\w+ ){0,2}(?:payment|money|it|wire)
(?:can|could|able to) (?:pay|send|transfer|settle)(?: \w+){0,5} <enwhen>
(?:paying|pay)(?: \w+){0,4} <enwhen>
can do (?:half|some|part|\d+)(?: \w+){0,3} <enwhen>
<enwhen>(?: \w+){0,3} (?:paying|pay)
""",
    _PARTS,
)

# The same words without a promise: refused, put off without end, a condition.
NO_PROMISE_PHRASES = patterns(
    r"""
(?:no|nunca|tampoco|ni) (?:<it>)?(?:les? )?(?:boy a |bamos a |puedo |podemos |podre |pienso |quiero )*(?:<to>|<act>|<deed>are)
(?:nao|nunca) (?:bou |bamos |posso |consigo |quero )*(?:pagar|pago|pagarei)
(?:won t|wont|will not|can t|cant|cannot|not going to|never|not gonna) (?:\w+ )?pay
^(?:y )?si (?:<it>)?<act>
(?:cuando|como|donde|cuanto|a que) (?:<it>)?(?:puedo |debo |tengo que )?(?:<to>|<act>)
""",
    _PARTS,
)

DISPUTE_PHRASES = patterns(
    r"""
<bill> (?:no|ni) (?:es|son|era) (?:mi[ao]s?|nuestr[ao]s?|de (?:nosotros|mi))
(?:es[ao]s?|est[ao]s?|eso) (?:<bill> )?no (?:es|son) (?:mi[ao]s?|nuestr[ao]s?)
no (?:son|es) (?:mi|mis|nuestr[ao]s?) (?:<bill>)
no (?:<it>)?(?:les? )?(?:debo|debemos|adeudo|adeudamos) (?:nada|ni|eso|es[ae]|tanto|ningun|un peso)
no (?:tengo|tenemos) (?:ning\w+ |esa |nada de )*(?:deudas?|adeudos?)
<sum> (?:\w+ ){0,2}(?:esta|estan|es|son|sale|biene|bino|quedo) (?:muy )?(?:mal|equibocad\w*|incorrect\w+|errone\w+|errad\w+)
<sum> (?:\w+ ){0,2}(?:trae|tiene|biene con|contiene|no) (?:un |unos |barios )*(?:error(?:es)?|coincide|cuadra|corresponde|es correct[ao])
(?:error|equibocacion)(?: \w+){0,3} <sum>
cobr\w+ (?:de mas|doble|dos beces|lo que no|algo que|cosas que|demasiado)
(?:nunca|no|tampoco) (?:se )?(?:me |nos |lo |la |los |las )*(?:llego|llegaron|recibi|recibimos|entregaron|entrego|prestaron|presto|dieron|surtieron|surtio|cumplieron|instalaron)(?: \w+)? <goods>
<goods> (?:nunca|no|jamas) (?:<it>)?(?:llego|llegaron|entregaron|entrego|prestaron|presto|dieron|surtieron|sirbe|sirbio|funciona|recibi|recibimos)
<goods> (?:\w+ ){0,2}(?:defectuos|incomplet|danad|mal estado|rot[oa])\w*
(?:eso|es[ae]|nada|yo) (?:\w+ )?(?:nunca|no|ni) (?:lo |la |los |las )?(?:compre|compramos|pedi|pedimos|contrate|contratamos|solicite|solicitamos|recibi|recibimos)
(?:nunca|no|ni) (?:<it>)?(?:compre|compramos|pedi|pedimos|contrate|contratamos|solicite|solicitamos) (?:nada|eso|es[ae]|ning\w+|<goods>|<the>?<goods>)
(?:ya )?(?:lo |la |los |las |que )*(?:debolbi|debolbimos|regrese|regresamos)\b
(?:no|ni) reconozco|no reconocemos|desconozco (?:ese|esa|el|la|este|esta)
no (?:estoy|estamos) (?:de acuerdo|conforme)|(?:estoy|estamos) inconforme\w*
<sum> no (?:es|era)\b(?! (?:problema|mucho|tanto))
no (?:tengo|tenemos) nada (?:que ver )?con (?:ustedes|uds|esa|ese|su)
(?:aqui|aca) no (?:bibe|trabaja) (?:ning\w+|nadie|es[ae]|el|la|\w+)
no procede|(?:inter)?pongo una (?:queja|reclamo)|(?:quiero|boy a|deseo) (?:disputar|reclamar|impugnar|inconformarme)
(?:cobranca|fatura|balor|boleto|dibida|conta|nota|total) (?:esta|ta|beio|e|foi) (?:muito )?(?:errad|incorret|indebid|duplicad|diferente)\w*
(?:cobranca|fatura|balor|conta|dibida|boleto)(?: \w+)? nao (?:e|sao) (?:minh|nosso|nossa|meu)\w*|nao (?:e|sao) (?:meu|minh)\w* (?:essa |esse )?(?:dibida|conta|fatura|boleto)?$
nao (?:lhes? |te |bos )?(?:debo|debemos) (?:nada|isso|ess[ae]|mais)
(?:nao|nunca) (?:reconhec[oe]\w*|concordo|concordamos)
(?:nao|nunca) (?:recebi|chegou|comprei|pedi|contratei|recebemos) (?:\w+ )?(?:mercadoria|produto|serbico|nada|isso|material|encomenda|pedido)\w*
nunca (?:comprei|contratei|assinei)
(?:mercadoria|produto|serbico|material|encomenda|pedido)s? (?:nao|nunca) (?:chegou|chegaram|foi|foram)
cobra\w+ (?:a mais|em dobro|duas bezes|indebid\w+)
(?:not|isn t|isnt|ain t) (?:my|mine|our|ours)(?: (?:invoice|bill|debt|account|charge))?
(?:amount|invoice|bill|total|charge|balance) (?:is|looks|seems|was) (?:\w+ )?(?:wrong|incorrect|mistaken|off|not (?:right|correct))
(?:dont|don t|do not|doesn t|never) (?:\w+ )?owe
(?:never|didn t|didnt|did not|haven t) (?:\w+ )?(?:receibed?|got|get|order(?:ed)?|buy|bought|request(?:ed)?) (?:\w+ )?(?:goods|product|products|item|items|serbice|order|it|this|that|anything|merchandise|material|materials)
(?:i|we) (?:\w+ )?(?:dispute|disagree|contest)\b|(?:dont|don t|do not) (?:recognize|recognise|agree)
(?:overcharg\w+|charged (?:\w+ )?(?:twice|double|too much))|error (?:in|on) (?:the|my|this) (?:invoice|bill)
wrong person|not what (?:i|we) owe
(?:bill|invoice|charge) is (?:bogus|fake|a scam)|^(?:i|we) returned (?:the|my|your)
(?:returned|sent back) (?:\w+ )?(?:goods|product|products|item|items|it|them|material)
""",
    _PARTS,
)
