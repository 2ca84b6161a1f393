"""Wordings of Portuguese reminders for the linter; see lint_words."""

FRAGMENTS = {
    "goods": "(?:bens|casa|imovel|imoveis|carro|veiculo|moto|salario|patrimonio|moveis)",
    "your": "(?:seu|sua|seus|suas)",
    "person": "(?:chefe|patrao|vizinh[oa]s?|famil(?:ia|iares?)|amig[oa]s?|espos[oa]|"
    "marido|mulher|pais|mae|pai|filh[oa]s?|colegas?|empregador|trabalho|parentes?|"
    "sogr[oa]|contatos|redes sociais|facebook)",
    "legal": "(?:judicia(?:l|is)|legal|legais|penal|penais|criminal|criminais|"
    "juridic[oa]s?)",
    "hours": "(?:\\d+|vinte e quatro|poucas) horas?",
    "bureau": "(?:serasa|spc|scpc|orgaos de protecao|cadastro de inadimplentes)",
}

ALLOWED = """
alta demanda
(?:sua|conforme|a) demanda
embargad[oa]s? (?:no porto|na alfandega|pela alfandega)
ligue gratis
"""

THREAT = """
penhor\\w*
(?:apreend|confisc|arrest|leilo|tom(?:ar|aremos)|perder\\w*|levar|levaremos)\\w* (?:\\w+ ){0,2}(?:<your> )?<goods>
(?:cadeia|prisao|xadrez|presidio|delegacia|policia\\w*)
(?:vai|sera|vao|pode) (?:\\w+ )?pres[oa]s?
(?:nome|cpf) (?:\\w+ ){0,4}(?:negativad[oa]|suj[oa]|sujar\\w*|restrit[oa]|protestad[oa]|incluid[oa]|no serasa|no spc)
(?:negativar\\w*|negativaremos|negativad[oa]|protestar\\w*|protestaremos)
(?:inclui\\w*|coloc\\w+|envi\\w+|registr\\w+|inscr\\w+|mand\\w+) … <bureau>
(?:entr(?:ar\\w*|aremos|amos)|mov(?:er\\w*|eremos)|ajuiz\\w+|abr(?:ir\\w*|iremos)|sofr\\w+|respond(?:er|era)\\w*) … (?:acao|processo|justica|acoes)
(?:process(?:ar\\w*|aremos|ad[oa] na)|acion(?:ar\\w*|aremos) … (?:justica|judicialmente|juridico))
(?:medidas?|acao|acoes|providencias) <legal> (?:\\w+ ){0,3}(?:contra|imediat\\w+|hoje|amanha|cabive\\w+|ser[aã]\\w*)
(?:tom|adot|inici)\\w+ … (?:medidas?|acao|acoes|providencias) <legal>
(?:arque|arcar\\w*|arcara|sofrer\\w*|sofra|aguente|encar\\w+|enfrent\\w+) (?:com )?(?:as|suas) consequencias
(?:e|seria|configura|cometeu|cometendo|por) (?:um )?(?:crime|estelionato|fraude)
(?:denunciad[oa]|denunciar\\w*|denunciaremos|boletim de ocorrencia)
(?:mandado|ordem) de (?:prisao|busca|despejo)
despejo
sabemos onde (?:voce )?(?:mora|trabalha|vive|sua|seus)
se arrepender\\w*
(?:bloque|congel)\\w+ (?:\\w+ ){0,3}(?:contas?|salario)
(?:contas?|salario|bens) (?:\\w+ ){0,3}(?:bloquead|penhorad|congelad)\\w+
nao (?:nos|me) (?:obrigue|obriga|faca) (?:a )?\\w+
(?:cuidado|pense|cuide) (?:com|na|em|da|de) (?:a )?<your> (?:familia|filhos|seguranca|vida)
advogad\\w+ (?:\\w+ ){0,4}(?:vao|ira|irao|atras|contra|vai|prepar\\w+)
(?:encaminh|envi|pass|mand|remet)\\w+ … (?:juridico|advogad\\w+|cartorio|cobranca judicial)
(?:levar\\w*|ver) (?:\\w+ ){0,3}(?:na|a|ante|perante) (?:justica|juizado)
(?:vamos|iremos|vou) (?:\\w+ ){0,3}(?:na|ate|a) sua (?:casa|porta)
mandar\\w* (?:\\w+ ){0,2}(?:alguem|cobrador\\w*|gente)
"""

COURT = """
(?:judiciais|judicial|extrajudicial|juiz|juizo|juizado|tribunal|intimad[oa]|intimacao|oficial de justica)
mandado de (?:citacao|intimacao|pagamento)
vara (?:civel|criminal|unica)
(?:compareca|comparecer) … (?:forum|delegacia|cartorio)
(?:poder judiciario|acao de execucao|notificacao de execucao|citacao)
"""

SHAMING = """
(?:lista|mural|cadastro publico) (?:publica )?de (?:devedores|inadimplentes|caloteiros)
(?:avis(?:ar|aremos|arei)|cont(?:ar|aremos)|lig(?:ar|aremos)|fal(?:ar|aremos)|inform(?:ar|aremos)|comunic(?:ar|aremos)|diz(?:er|emos)) (?:\\w+ ){0,2}<your> (?:\\w+ )?<person>
(?:<your>|todos os <your>) (?:\\w+ )?<person> (?:\\w+ ){0,4}(?:saber\\w*|sabendo|descobrir\\w*)
(?:expor|publicar|divulgar|postar|colocar) (?:\\w+ ){0,3}(?:nome|foto\\w*|divida|rosto)
nome vai (?:\\w+ ){0,3}(?:lista|mural|grupo)
que vergonha
pessoas? (?:honestas?|de bem|decentes?)
"""

INSULT = """
(?:caloteir[oa]s?|vagabund[oa]s?|ladrao|ladra|safad[oa]s?|golpistas?|bandid[oa]s?|irresponsave\\w+|mau pagador|sem vergonha|estelionatari[oa]s?|mentiros[oa]s?)
"""

THIRD_PARTY = """
(?:avise|diga|informe|peca) (?:\\w+ ){0,2}(?:ao|a) <your> (?:\\w+ )?<person>
como referencia (?:pessoal|profissional|familiar)
como referencia de (?!pag|sua? |seus? |tu |la |el |transf|deposit|cobr|busq|est|pedido)\\w+
<your> <person> (?:\\w+ ){0,3}(?:deve|tem (?:uma )?divida)
(?:repasse|entregue|encaminhe) (?:\\w+ ){0,2}(?:esta|este) (?:mensagem|recado|aviso) (?:\\w+ ){0,2}(?:devedor\\w*|<your> <person>)
"""

ULTIMATUM = """
ultim[oa] (?:aviso|chamada|advertencia|oportunidade|chance|prazo)
(?:voce )?tem (?:so |apenas |somente )?<hours> (?:para|antes)
(?:restam|damos|dou) (?:\\w+ ){0,2}<hours>
prazo (?:final|improrrogavel|maximo|de) (?:de )?<hours>
(?:ate|antes de) (?:hoje|amanha) (?:\\w+ ){0,6}(?:ou|senao|caso contrario) (?:\\w+ )?(?:tomaremos|procederemos|agiremos|entraremos|sera\\w*|vamos)
(?:caso contrario|senao|se nao pagar) (?:\\w+ ){0,5}(?:tomaremos|seremos obrigados|procederemos|agiremos)
(?:exigimos|pague agora ou)
"""

LEGAL_ACTION = """
(?:medidas?|acao|acoes|providencias|cobranca|departamento|setor) <legal>
(?:protesto em cartorio|<bureau>)
"""

PROMOTION = """
(?:sorteios?|rifas?|concorra|brindes?|gratis|cupom|cupons|promocao|promocoes|ofertas?)
\\d+ ?(?:% )?(?:de )?desconto
desconto (?:na|em) (?:\\w+ )?(?:proxima|toda|todos)
aproveite (?!para)\\w+
(?:compre (?:agora|ja)|nova colecao|leve (?:2|dois|3|tres))
(?:emprestimo|credito|cartao) (?:\\w+ )?(?:pre ?aprovado|liberado|na hora)
(?:so|somente) hoje
(?:ganhe|acumule) (?:\\w+ )?(?:pontos|brinde\\w*)
"""

ASKS_REASON = """
(?:por que|qual o motivo|qual a razao) (?:\\w+ ){0,4}(?:nao (?:\\w+ ){0,2}pag\\w+|atraso|falta de pagamento)
"""
