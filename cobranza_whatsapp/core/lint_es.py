"""Wordings of Spanish reminders for the linter; see lint_words for how they are read."""

FRAGMENTS = {
    "goods": "(?:bienes?|casas?|vivienda|propiedad(?:es)?|autos?|carros?|vehiculos?|"
    "sueldos?|salarios?|nomina|cuentas bancarias|muebles|inmuebles?|patrimonio|hogar|"
    "pertenencias|cosas|pension|motos?|terreno)",
    "your": "(?:su|sus|tu|tus)",
    "judge": "(?:juez|jueza|jueces|juzgados?|tribunal(?:es)?|corte suprema|"
    "ministerio publico|fiscalia)",
    "legal": "(?:legal(?:es)?|judicial(?:es)?|penal(?:es)?|juridic[oa]s?)",
    "steps": "(?:accion(?:es)?|medidas?|procesos?|procedimientos?|vias?|cobro|cobranza|"
    "instancias?)",
    "person": "(?:jef[ea]s?|patron(?:a|es)?|vecin[oa]s?|famili(?:a|ar|ares)|amig[oa]s?|"
    "espos[oa]|conyuge|padres?|madre|mama|papa|hij[oa]s?|herman[oa]s?|colegas?|"
    "companer[oa]s?|empleador(?:a|es)?|trabajo|conocidos|contactos|referencias|"
    "parientes?|suegr[oa]s?|novi[oa])",
    "tell": "(?:avis(?:ar\\w*|aremos|are|amos)|inform(?:arle\\w*|aremos|ar)|decirle\\w*|"
    "diremos|cont(?:arle\\w*|aremos)|llam(?:ar|arle\\w*|aremos|are)|"
    "notific(?:arle\\w*|aremos)|comunic(?:arle\\w*|aremos)|"
    "mostrar\\w*|hablaremos|escribiremos|divulg\\w+|difund\\w+)",
    "bureau": "(?:buros?(?: de credito)?|bureau|datacredito|infocorp|dicom|"
    "(?:al|en el) veraz|cifin|central(?:es)? de riesgo|circulo de credito|asnef|"
    "boletin comercial|equifax|transunion|historial crediticio)",
    "hours": "(?:\\d+|una|dos|veinticuatro|cuarenta y ocho|setenta y dos|pocas) horas?",
}

ALLOWED = """
sin embargo
fechas? de corte
cortes? (?:de caja|de energia|de luz|programado|del mes|mensual)
(?:alta|mayor|mucha|gran|creciente|fuerte) demanda
demanda de (?:todos )?(?:nuestros|los|sus|las)? ?(?:clientes|productos|servicios|materiales|energia|mercado)
no (?:\\w+ ){0,4}procedimiento (?:\\w+ ){0,5}embargo(?: de (?:sus )?bienes)?
no (?:\\w+ ){0,4}(?:procedimiento|documento|aviso|notificacion|requerimiento) judicial(?: ni (?:\\w+ ){0,2}(?:judicial|embargo))?
(?:embargad|retenid|detenid|decomisad)[oa]s? (?:en|por)(?: la)? aduanas?
<judge> (?:de paz )?(?:nos )?(?:pidio|solicito|compro)
a (?:su|tu|nuestro|mi) juicio
(?:casa|agencia) de justicia
acusar recibo
(?:llame|linea|numero|llamada) gratis
pro rata
ofertas? (?:n |no |num |numero |comercial )?\\d+
"""

THREAT = """
embarg\\w+
(?:carcel|prision|reclusorio|tras las rejas|fuerza publica|peso de la ley|arraigo)
(?:ir|iras|ira|va|vas|termin\\w+|acabar\\w*|parar|meter\\w*) (?:\\w+ ){0,3}(?:pres[oa]|al penal)
(?:es|seria|constituye|comete|cometio|cometiendo|incurre en|incurrio en|por|de) (?:un |el )?(?:delito|fraude|estafa|robo)
(?:denunci(?:ad[oa]|ar\\w*|aremos|amos|emos)|querella)
demand(?:ad[oa]|ar(?:emos|e|te|le|lo|la|los|an)|emos)
(?:vamos|voy|van|procederemos|procedera) a demandar
(?:iniciar\\w*|interpon\\w+|present(?:ar\\w*|aremos)|proced\\w+|turnar\\w*|promover\\w*|entablar\\w*|recib\\w+|enfrent\\w+|evit\\w+|deten(?:er|ga)\\w*) … (?:demanda|juicio|denuncia)
demanda (?:\\w+ ){0,3}(?:proceso|curso|contra|tramite|lista|presentad\\w+|civil|penal|mercantil|ejecutiva)
(?:la|una|nuestra|previa a|de) demanda (?:en su|en tu|contra)
(?:accion(?:es)?|medidas?|procesos?|juicio) <legal> en (?:su|tu) contra
(?:tomar\\w*|iniciar\\w*|emprender\\w*|ejercer\\w*) … <steps> <legal> (?:\\w+ ){0,3}(?:contra|inmediat\\w+|sin (?:previo )?aviso|hoy|manana|ahora)
(?:proced|actu)\\w+ (?:\\w+ ){0,2}(?:legal|judicial|penal)mente
(?:proced|actu)\\w+ (?:\\w+ )?en consecuencia
(?:por|iniciar|tomar|acudir a|acudiremos a) (?:la )?via (?:legal|judicial|penal|juridica)
(?:evit\\w+|tendra\\w*|ahorr\\w+|meterse en|buscarse) (?:\\w+ ){0,3}problemas (?:\\w+ ){0,2}(?:legal\\w*|con la|mayores|graves|serios|judicial\\w*)
(?:policia|patrullas?)
(?:orden|mandamiento) de (?:aprehension|arresto|captura|ejecucion|desalojo|cateo)
(?:arrestad[oa]|arrestar\\w*|aprehendid[oa]|aprehender\\w*|(?:usted sera|seras|lo van a|te van a) deten\\w+)
(?:atente|atengase|atenerse|atengan|atienes|atiene|atenderas) (?:\\w+ )?(?:a|de) (?:las|sus|tus) consecuencias
(?:sufri\\w+|asum\\w+|enfrent\\w+|pagar\\w*|afront\\w+|conocer\\w*|habra|tendra\\w*) (?:\\w+ )?consecuencias
(?:graves|serias|terribles|severas|peores) consecuencias
abogad[oa]s? (?:\\w+ ){0,4}(?:ir\\w+ por|van por|visitar\\w*|tras|contra|buscar\\w*|actuar\\w*|te|le|proced\\w+|prepar\\w+)
(?:turn|pas|mand|envi|asign|remit|trasl)\\w+ … (?:abogad[oa]s?|area juridica|departamento (?:juridico|legal)|despacho juridico|cobro (?:juridico|judicial|prejudicial))
equipo (?:legal|juridico|de abogados) (?:\\w+ ){0,3}(?:prepar\\w+|ya|lo|le|actu\\w+)
(?:perder(?:a|as|an)?|quitar\\w*|despoj\\w+|incaut\\w+|confisc\\w+|secuestr\\w+|decomis\\w+|llevaremos|llevarnos|llevarse|rematar\\w*|subastar\\w*) (?:\\w+ ){0,2}<goods>
(?:ir|iremos|vamos|van|vendremos|pasaremos) (?:\\w+ ){0,2}por (?:usted|ti|<your> <goods>)
perder(?:a|as|an)? todo
(?:desaloj\\w+|remate judicial|remate de <your>)
(?:congel|bloque|retend|reten|inmoviliz)\\w+ (?:\\w+ ){0,3}(?:cuentas bancarias|sueldo|salario|nomina)
<bureau> … (?:report\\w+|mancha\\w*|negativ\\w+|anos|nunca)
(?:report(?:ar\\w*|ad[oa]|aremos|arte|arlo|emos)|enviar\\w*|aparec\\w+|mandar\\w*|ingresar\\w*|ensuci\\w+|manch\\w+|dan\\w+|afect\\w+|arruin\\w+|marcad\\w+|qued\\w+) (?:\\w+ ){0,4}<bureau>
boletin(?:ar\\w*|aremos|ad[oa])
listas? negras?
nadie (?:le|te) (?:\\w+ ){0,3}(?:prestar\\w*|fiar\\w*|dar\\w* credito)
(?:sabemos|conocemos) (?:donde|en donde|<your>|cual) (?:\\w+ ){0,2}(?:vive\\w*|trabaja\\w*|domicilio|famili\\w+|direccion|hijos|casa)
(?:te|le|los|lo|la) (?:vamos|voy|van) a (?:buscar|encontrar|cazar|visitar|arrepentir|pesar)
(?:arrepentir(?:as|a|an)?)
no (?:respondo|nos hacemos responsables) (?:por|de) lo que (?:pase|suceda|le pase|te pase)
por las malas
(?:no (?:nos|me) (?:obligue|obligues|haga|hagas|provoque|provoques)|nos obligara|obligarnos) (?:a |que )?\\w+
(?:iremos|vamos a ir|acudiremos|ira|iran|visitaremos|visitara|presentaremos|nos presentaremos|pasaremos) (?:\\w+ ){0,4}(?:a|en) <your> (?:casa|domicilio|trabajo|hogar|puerta)
(?:mand|envi)\\w+ (?:\\w+ ){0,2}(?:cobrador\\w*|gente|alguien|actuario|abogad\\w+|personal) 
cuid(?:e|a|ate|ese|en) (?:\\w+ )?(?:a |de )?(?:<your> )?(?:famili\\w+|hij\\w+|espos\\w+|seguridad|vida|espalda)
piens[ae] en <your> (?:famili\\w+|hij\\w+|espos\\w+|seguridad)
algo (?:le|te|les|malo) (?:\\w+ )?(?:pas[ae]|suced[ae]|ocurr[ae])
(?:acus(?:ar\\w*|ad[oa]|aremos|ara)) (?:\\w+ ){0,2}(?:de|por)
(?:te|le|les) (?:cortar\\w+|vamos a cortar)
(?:salir del pais|(?:su|tu) visa (?:sera|fue|quedara))
(?:responder|rendir cuentas|explicar\\w*|ver(?:emos|nos)?) (?:\\w+ ){0,3}(?:ante|en|con) (?:la|las|el|los) (?:justicia|autoridad\\w*|corte)
"""

COURT = """
(?:judicial(?:es)?|prejudicial(?:es)?|juzgados?|tribunal(?:es)?|juez|jueza|fiscalia|ministerio publico)
(?:cedula|acta) de (?:notificacion|emplazamiento|citacion|requerimiento)
(?:citatorio|emplaz\\w+|exhorto|actuario|comparezca|comparecer)
(?:audiencia|sentencia|fallo) (?:\\w+ ){0,4}(?:contra|dictad\\w+|conciliacion)
juicio (?:ejecutivo|mercantil|penal|civil|oral|monitorio|\\d+)
(?:poder judicial|conciliacion previa)
intimacion (?:de|al|a)
parte (?:actora|demandada)
"""

SHAMING = """
(?:lista|listado|mural|cartel|tablero|registro) (?:publica? )?de (?:los )?(?:morosos|deudores|malos pagadores)
(?:public(?:ar\\w*|aremos|are|aran)|exhib\\w+|difund\\w+|expon(?:er|dr)\\w+|peg(?:ar|aremos)\\w*|etiquet\\w+|quem\\w+) (?:\\w+ ){0,3}(?:nombre|foto\\w*|datos|deuda|cara|adeudo|facebook|redes|grupos?|colonia|barrio)
(?:nombre|foto\\w*|cara) (?:\\w+ ){0,4}(?:redes|facebook|publicad\\w+|cartel\\w*|lonas?)
<tell> (?:\\w+ ){0,2}(?:a|con|de|en) (?:<your>|los|las) (?:\\w+ )?<person>
<your> (?:\\w+ )?(?:<person>|colonia|barrio|edificio) (?:\\w+ ){0,4}(?:enterar\\w*|entere\\w*|sabran?|saber|sepan?)
todos (?:\\w+ ){0,4}(?:enterar\\w*|van a saber|sabran)
(?:que|da|dar|deberia) (?:\\w+ ){0,2}(?:verguenza|pena ajena)
gente (?:honesta|decente|honrada|de bien)
"""

INSULT = """
(?:sinverguenzas?|rater[oa]s?|ladron(?:a|es)?|tramp?os[oa]s?|estafador\\w*|mentiros[oa]s?|irresponsables?|descarad[oa]s?|delincuentes?|caradura|vividor\\w*|mal pagador|mala paga|lacra|cobarde|poco hombre|idiota|imbecil|estupid[oa])
(?:es|eres|sea|seas|son|por) (?:usted )?(?:un |una |unos )?(?:moros[oa]s?|ratas?|tont[oa]|basura)
"""

THIRD_PARTY = """
(?:digale|digan?le|avisele|informele|pidale|comentele|dile|comuniquele|diga|avise|pida) (?:\\w+ ){0,2}(?:a )?<your> (?:\\w+ )?<person>
(?:como|por ser) (?:\\w+ )?referencia (?:personal|laboral|familiar|comercial)
(?:como|por ser) (?:\\w+ )?referencia de (?!pag|sua? |seus? |tu |la |el |transf|deposit|cobr|busq|est|pedido)\\w+
<your> <person> (?:\\w+ ){0,4}(?:debe|adeuda|tiene (?:una|un) (?:deuda|adeudo)|no (?:ha )?pag\\w+)
(?:entreg|reenvi|pas|hag)\\w* (?:\\w+ ){0,2}(?:este|el) (?:mensaje|aviso|recado) (?:\\w+ ){0,2}(?:al deudor|a la deudora|a <your> <person>)
(?:pidale|digale|comuniquele|avisele) (?:\\w+ ){0,2}(?:que pague|su (?:deuda|adeudo))
"""

ULTIMATUM = """
ultim[oa] (?:advertencia|llamado|oportunidad|aviso|chance|requerimiento|plazo)
(?:tiene|tienes|cuenta con) (?:(?!hasta)\\w+ ){0,3}<hours> (?:para|antes)
(?:le|te) (?:quedan|damos|doy|restan|concedemos) (?:\\w+ ){0,3}<hours>
(?:plazo|termino) (?:\\w+ )?(?:improrrogable|perentorio|fatal|de <hours>)
en (?:las proximas )?<hours> (?:\\w+ ){0,3}(?:de lo contrario|si no|sino)
(?:hasta|antes de)(?: el| la| las)? (?:hoy|manana|\\d+)(?: \\w+){0,8} (?:o|sino|si no|de lo contrario|caso contrario) (?:\\w+ ){0,2}(?:proced\\w+|atengase|atente|actuar\\w*|tomaremos|vamos a)
(?:de lo contrario|caso contrario|si no (?:paga|cumple|liquida|deposita)\\w*|en caso de no) (?:\\w+ ){0,6}(?:proced(?:eremos|era|emos|eran)|actuaremos|nos veremos obligados|tomaremos)
(?:paga|pague|deposita|deposite|liquida|liquide) (?:\\w+ ){0,3}o (?:si no|atengase|atente|proced\\w+|actuaremos|tomaremos|habra|nos veremos)
(?:exigimos|exijo|ultimatum|sin mas prorrogas|se acabo la paciencia)
se (?:le|te) (?:acab|agot|termin)\\w+ (?:\\w+ )?(?:tiempo|plazo|paciencia)
no (?:habra|tendra|tendras) (?:\\w+ )?(?:otra|mas|segunda|acuerdo|prorroga|oportunidad)\\w*
manana (?:\\w+ ){0,3}no habra
"""

LEGAL_ACTION = """
<steps> <legal>
(?:despacho|area|departamento|equipo) (?:juridic[oa]|legal|de abogados)
<bureau>
"""

PROMOTION = """
(?:rifas?|sorteos?|gana(?:te|dor\\w*)?|gane|gratis|obsequios?|regalos?|cupon(?:es)?)
(?:ofertas?|promocion(?:es)?|promo|rebajas?|buen fin|black friday|hot sale|cyber monday|cashback)
\\d+ ?(?:% )?(?:por ciento )?(?:de )?(?:descuento|dto)
descuentos? (?:\\w+ ){0,2}(?:en|para) (?:su|tu|toda|proxim\\w+|todos|nuestr\\w+)
(?:aproveche|aprovecha|no (?:se|te) (?:lo )?pierd\\w+) (?!para)\\w+
disfrut\\w+ (?:de )?(?:\\w+ )?(?:descuento|promocion|beneficio|oferta)\\w*
(?:compr[ae]n? (?:ahora|ya|dos|2|hoy)|dos por uno|2x1|3x2|meses sin intereses)
(?:proxima|siguiente) compra
(?:gan[ae]|acumul[ae]|obtenga|dobles?) (?:\\w+ )?puntos
(?:conozca|descubra|visite|mire|llevese|llevate) (?:\\w+ ){0,2}(?:nuev[oa]s|catalogo|productos|coleccion|tienda en linea|regalo)
(?:nuevos productos|nueva coleccion|nuevo catalogo)
(?:solo|unicamente) (?:por )?(?:hoy|esta semana|este mes)
(?:prestamo|credito|tarjeta) (?:\\w+ )?(?:pre ?aprobad[oa]|pre ?autorizad[oa]|inmediat[oa]|al instante)
"""

ASKS_REASON = """
por que (?:aun |todavia |usted |motivo |razon )*no (?:nos |me |ha |han |has |hemos |he |la |lo |se )*(?:pagad?\\w*|liquid\\w+|cubiert\\w*|cubri\\w*|deposit\\w+|cumpl\\w+|recibido (?:su|el) pago)
(?:cual es|explique\\w*|diga\\w*|indique\\w*|justifique\\w*|conocer|saber) (?:\\w+ ){0,3}(?:motivo|razon|causa)\\w* (?:\\w+ ){0,4}(?:no (?:\\w+ )?pag\\w+|atraso|retraso|mora|impago|falta de pago|incumplimiento)
a que se debe (?:\\w+ ){0,3}(?:atraso|retraso|mora|impago|falta de pago|demora)
"""
