"""Wordings of English reminders for the linter; see lint_words."""

FRAGMENTS = {
    "goods": "(?:property|house|home|car|vehicle|assets?|belongings|wages?|salary|"
    "bank accounts?|paycheck|furniture|things|stuff)",
    "person": "(?:boss|employer|neighbou?rs?|family|friends?|wife|husband|spouse|"
    "parents?|mother|father|coworkers?|colleagues?|workplace|children|kids|son|"
    "daughter|brother|sister|relatives?|roommate)",
    "hours": "(?:\\d+|twenty four|forty eight|a few) (?:hours?|hrs|minutes?)",
    "credit": "credit (?:score|rating|report|history|bureaus?|reporting agenc\\w+)",
}

ALLOWED = """
(?:high|strong|great|popular) demand
on demand
(?:seized|held|detained) (?:at|by) customs
(?:tennis|food|basketball|squash|padel) courts?
courts? (?:booking|rental|reservation|time|street|avenue|road)
pro rata
"""

THREAT = """
(?:seiz|repossess|garnish|foreclos|confiscat|levy|attach|take|taking|lose|losing)(?:e|es|ed|ing|ure|ment)? (?:away )?(?:\\w+ )?your <goods>
(?:garnish\\w*|repossess\\w*|foreclos\\w*)
your <goods> (?:\\w+ ){0,3}(?:seized|frozen|taken|levied|garnished)
(?:jail\\w*|prison|behind bars|imprison\\w*)
(?:arrested|prosecut\\w+|deport\\w+)
(?:warrant|arrest) (?:\\w+ ){0,3}(?:issued|warrant|out for|for your)
(?:sue|suing) (?:you|him|her|them|now)
(?:will|shall|ll|are going to|be) (?:be )?sue[d]?
(?:file|filing|filed|bring|start|face|facing|initiate) (?:\\w+ ){0,3}(?:lawsuit|charges|suit)
(?:lawsuit|legal action|legal proceedings|criminal charges) (?:\\w+ ){0,5}(?:against you|today|tomorrow|immediately|without notice)
(?:take|taking|taken|start|initiate|commence|pursue|begin) (?:\\w+ ){0,2}(?:legal action|legal proceedings|court action)
(?:police|sheriff|marshal|constable)
(?:face|suffer|bear|accept|there will be|serious|severe) (?:the |serious |severe )*consequences
(?:report(?:ed|ing)?|ruin\\w*|destroy\\w*|damag\\w+|hurt\\w*|wreck\\w*|tank) (?:\\w+ ){0,4}(?:<credit>|your credit|your reputation)
<credit> (?:\\w+ ){0,4}(?:ruin\\w*|destroy\\w*|damag\\w+|suffer\\w*|hurt\\w*|wreck\\w*)
(?:lawyers?|attorneys?) (?:\\w+ ){0,3}(?:come|coming|after|visit|contact|will|prepar\\w+|fil\\w+|building|against|instructed)
(?:turn|hand|pass|refer)\\w* … (?:lawyers?|attorneys?|legal department)
we know where you (?:live|work)
(?:you will|you ll) (?:\\w+ )?regret
(?:evict\\w*|criminal offen[sc]e|commit\\w+ fraud)
(?:this|that|it|debt|not paying|non payment|nonpayment) is (?:a )?(?:crime|criminal|fraud|theft|stealing)
(?:freez|block)\\w* (?:\\w+ ){0,3}(?:bank accounts?|wages|assets|funds)
(?:come|coming|show up|visit|visiting) (?:\\w+ ){0,4}your (?:house|home|workplace|job|door)
(?:send|sending) (?:someone|somebody|people|a collector|collectors|agents?|our (?:guys|people|agents)) (?:\\w+ ){0,3}your
(?:make|force|oblige) us (?:to )?(?:do|take|go|proceed|act|use|further|sue)
(?:do this|go) the hard way
(?:hunt|track|chase) you(?: down)?
watch your back
(?:think|careful|worry) (?:about|with|for) your (?:<person>|safety|life|job)
(?:take|taking|taken|drag|see|meet) (?:you|him|her) (?:\\w+ )?(?:to|in) court
"""

COURT = """
(?:courts?|courthouse|judge|magistrate|tribunal|summons|subpoena|docket|plaintiff|defendant)
(?:judicial|judg(?:e)?ment) (?:\\w+ )?(?:notice|order|notification|against|entered|lien)
notice of (?:lawsuit|legal action|hearing|suit|levy|seizure|execution)
writ of \\w+
hereby served
case (?:number|no|num) (?:\\w+ )?\\d+
"""

SHAMING = """
(?:tell|call|inform|notify|contact|write to|let) your (?:\\w+ )?<person>
your (?:\\w+ )?(?:<person>|office|neighbou?rhood) (?:\\w+ ){0,3}(?:know|hear|find out|learn)
(?:everybody|everyone) (?:\\w+ ){0,5}(?:learn|know|hear|find out)
(?:publish|post|share|expose|display|tag) (?:\\w+ ){0,2}your (?:name|photos?|picture|face|debt)
(?:shame on you|you should be ashamed|ashamed of)
(?:list|wall) of (?:shame|debtors|deadbeats|defaulters)
(?:honest|decent|good) people pay
"""

INSULT = """
(?:deadbeats?|thie(?:f|ves)|crooks?|scumbags?|liars?|fraudsters?|irresponsible|loser|cheaters?|con artist)
"""

THIRD_PARTY = """
(?:tell|inform|ask|let) your (?:\\w+ )?<person>
(?:listed|named|given) as (?:a |an )?(?:personal )?reference (?:by|of)
your <person> (?:\\w+ ){0,2}(?:owes?|has an? (?:\\w+ )?(?:debt|balance))
(?:pass|forward|give|relay) (?:\\w+ ){0,2}this (?:message|notice) to (?:the debtor|your <person>)
"""

ULTIMATUM = """
(?:final|last) (?:warning|notice|chance|demand|opportunity)
(?:you have|only) (?:only )?<hours> (?:to|left|before)
(?:pay|paid|payment) (?:\\w+ ){0,4}(?:within|in) (?:the next )?<hours>
(?:you have|until|before) (?:\\w+ ){0,2}(?:midnight|noon|tonight|\\d+ (?:am|pm)) (?:or|to pay)
you have until (?:midnight|noon|tonight)
pay (?:now|today|immediately|up) or (?:else|we|you|face|lose)
(?:or else|failure to pay (?:\\w+ ){0,5}will|time is up|we demand|no more chances|take further steps)
"""

LEGAL_ACTION = """
(?:legal action|legal proceedings|legal department|legal remedies|lawsuit|litigation|collection agency|credit bureaus?|attorneys?|lawyers?)
"""

PROMOTION = """
(?:raffles?|sweepstakes?|giveaways?|prizes?|win (?:a|an|big)|free (?:gift|shipping|trial)|coupons?|promo(?:tion|tions)?|special offer|limited time|exclusive offer)
\\d+ ?(?:% )?(?:percent )?(?:discount|off)
discount on
(?:next purchase|buy (?:one|now|two)|new collection|clearance)
(?:earn|get|collect) (?:\\w+ )?(?:double |bonus |extra )?points
(?:only|just) today
pre ?approved (?:loan|credit|card)
"""

ASKS_REASON = """
why (?:have|did|are|haven|didn|havent|didnt) (?:\\w+ ){0,4}(?:pay|paid|paying)
(?:reason|explain) (?:\\w+ ){0,4}(?:not pa(?:id|ying)|non ?payment|the delay)
"""
