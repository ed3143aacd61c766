"""What people write in the forum of a town, in the notation of `triage_situations.txt`.

No line but those of `NAMED` has a term of `terms.txt`; a test holds this.
"""

# Nothing here is meant to hurt, though some of it is strong.
HARMLESS = (
    "{I|We} {love|like} {this town|the market on Saturdays|the new library|the park by the river}.",
    "{Thank you|Thanks} for {the quick answer|the lovely photos|organising this|all your work}!",
    "Does {anybody|anyone} know when the {pool|library|town hall|post office} {opens|closes} "
    "{on Sunday|in winter|tomorrow}?",
    "The {bus|train|ferry} was {late|early|full|on time} {again today|this morning|as usual}.",
    "{I|We} {baked|made} {bread|an apple cake|soup|pancakes} {yesterday|for the neighbours|today}.",
    "My {son|daughter|niece|nephew} {starts|finishes} school {this week|in summer|next year}.",
    "{We|My friends and I} {play|practise} {chess|football|the piano|volleyball} "
    "{on Tuesdays|every week|in the evening}.",
    "The {concert|play|film|talk} {last night|on Friday} was {wonderful|great|a bit long|quiet}.",
    "{Where|At which shop} can I {buy|find} {good tomatoes|a used bike|wool|a desk lamp}?",
    "Good luck {with the exam|in the final|at the new job|on Monday}, {I am sure it will go well|"
    "we are all cheering for you|you have earned it}.",
    "I {work|volunteer} at the {hospital|school|bakery|fire station} {near the bridge|up the hill|"
    "in the old town}.",
    "{I am|We are} looking for a {flat|garden|choir|dentist} {near the station|in the north|"
    "with space for two}.",
    "The {roses|apple trees|tulips} {are in bloom|look lovely} {already|this year|by the church}.",
    "{I read|We talked about} {the article|the plan|your post} and {agree|learned a lot|"
    "have one question}.",
    "{Please|Could somebody} {send me|post} the {recipe|timetable|address|minutes} "
    "{of the meeting|from last week|when there is time}.",
    "I {moved|came} here {two years ago|last spring|for work} and {feel at home|have made friends|"
    "still get lost}.",
    "{It rained|It snowed} {all day|the whole night}, {so we stayed in|but the walk was lovely}.",
    "{Somebody|The driver} {helped me|gave me a hand} with {the pram|my bags|the heavy door} "
    "{today|on Monday}, {thank you|that was kind}.",
    "{I disagree|I see it another way}: {the old plan was better|the road needs a crossing|"
    "we should ask the school first}.",
    "{Our|My} {dog|cat} {is missing|came home} {since noon|after two days}, "
    "{please look in your sheds|she has a red collar|what a relief}.",
)
# Words of temper, about nobody.
TEMPER = (
    "I hate {Mondays|waiting in line|getting up early|wet socks|the cold}.",
    "{This heat|The noise of the fans|My old laptop} {kills me|drives me mad}.",
    "{That was|What} a hell of a {game|storm|climb}!",
)
# Rude about somebody, or about what they do; nothing worse than this.
OFFENSIVE = (
    "{You are|You're} {an idiot|a fool|a moron|a liar|a loser|a clown}{, and everyone knows it|"
    "| and always were}.",
    "What {a stupid|a dumb|an idiotic|a pathetic} {rule|idea|plan|question|post}.",
    "{Shut up|Just shut up}, {nobody wants to hear it|you fool|you have no clue|you bore us all}.",
    "{Only|Just} {an idiot|a moron|a fool} {would write|could believe|would vote for} "
    "{this|such rubbish|that crap}.",
    "{The mayor|The referee|Our landlord|The driver} is {an idiot|a liar|a total moron|"
    "a lazy fool|a jerk}.",
    "{You people|You lot} are {pathetic|so dumb|a bunch of idiots|too stupid to read}.",
    "{How|Just how} {stupid|dumb|pathetic} {are you|can one be|do you have to be}?",
    "{This|That} is the {dumbest|most stupid} {thing|comment|excuse} {I have read|so far|"
    "on this page}, {moron|you idiot|you clown}.",
    "{Get lost|Go away}, {loser|you jerk|you idiot|you clown}.",
    "{Whoever|The fool who} {parked there|wrote this|made that sign} {is a moron|is an idiot|"
    "should be ashamed, the jerk|has no brain}.",
    "{Your|The chairman's} {stupid|idiotic|damn} {dog|plan|music|speech} {sucks|is crap|"
    "makes me sick}.",
    "{Nobody|No one} {likes you|asked you|cares what you think}, {idiot|you loser|you fool}.",
    "{I hope you choke on it|Go to hell|Kiss my ass}, {you liar|you idiot|you lazy jerk}.",
    "{Another|One more} {dumb|stupid|crappy} {idea|speech|rule} from {the idiots|those clowns|"
    "that bunch of morons} {at the town hall|on the board|in the office}.",
)
# What somebody says of themselves. How often each group is named is ours to choose: half speak of
# whom they love.
NAMED = (
    "gay",
    "a gay {man|woman|guy}",
    "a gay {teacher|nurse|mother|father|farmer}",
    "{openly gay|a gay person}",
    "{homosexual|a homosexual man}",
    "a {lesbian|lesbian mother|lesbian from the north}",
    "{bisexual|nonbinary|a bisexual student}",
    "{transgender|a transgender {man|woman}|a trans {man|woman}}",
    "{a Jew|Jewish|a Jewish grandmother}",
    "{a Muslim|a Muslim woman|a Christian|Catholic|a Hindu|a Sikh|an atheist}",
    "a black {woman|man|student}",
    "a white {woman|man|farmer}",
    "{an Asian|an African|an Arab|an Italian|a Mexican|a Turkish|a Polish} {woman|man|student}",
    "{an immigrant|a refugee|a migrant worker|a foreigner}",
    "{deaf|blind|autistic|disabled|a deaf man|a blind woman}",
)
UNNAMED = (
    "{tall|left-handed|a quiet man|a night owl|a vegetarian}",
    "a {teacher|nurse|mother|father|farmer|student|pensioner}",
    "a {retired|busy|young} {teacher|nurse|baker|gardener}",
)
# How one comes to speak of oneself, or of somebody near.
OF_ONESELF = (
    "I am {X}",
    "I'm {X}",
    "{Hello|Hi|Good morning}, I am {X}",
    "I happen to be {X}",
    "You should know that I am {X}",
    "By the way, I am {X}",
)
OF_OTHERS = (
    "My {neighbour|friend|boss|cousin} is {X}",
    "{Somebody I know|Our new neighbour|The nurse we had} is {X}",
)
# What they say with it, in the same breath; often nothing.
ADDED = (
    "",
    "",
    "",
    " and {new here|live by the bridge|have lived here for years}",
    ", {if anybody asks|as you may have seen}",
)
