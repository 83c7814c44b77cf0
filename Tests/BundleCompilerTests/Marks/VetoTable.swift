/// Pairs of questions, one a line, by what they contradict each other in.
enum VetoTable {
  static let number = """
    can i carry 2000 to the island | can i carry 500 to the island
    how do i book a table for 2 people | how do i book a table for 3 people
    how do i book a table for two people | how do i book a table for 3 people
    how do i book a table for twenty-five people | how do i book a table for 24 people
    how do i book a table for twenty five guests | how do i book a table for thirty five guests
    can i bring 1,000 bottles | can i bring 10,000 bottles
    what is the fee for 1.5 tickets | what is the fee for 2.5 tickets
    does the ladder hold 100 kg | does the ladder hold 120 kg
    does the ladder hold 100kg | does the ladder hold 120 kg
    how far can i drive with 5 km of range | how far can i drive with 9 km of range
    can i pay $5 by card | can i pay $50 by card
    can i pay 5€ by card | can i pay 7€ by card
    is there a discount of 10% for members | is there a discount of 15 % for members
    is there a discount of ten percent for members | is there a discount of 20 percent for members
    how do i reset the alarm after half an hour | how do i reset the alarm after two hours
    how long is a loan of two hundred and fifty books valid | how long is a loan of two hundred books valid
    is the third floor open to visitors | is the 2nd floor open to visitors
    when is the first dose given | when is the second dose given
    why does port 8080 refuse connections | why does port 9090 refuse connections
    does the city have 2 million inhabitants | does the city have 3 million inhabitants
    can i order a dozen eggs | can i order 20 eggs
    what do i do on error 404 | what do i do on error 500
    what does http 404 mean | what does http 403 mean
    how do i fill in form 1040 | how do i fill in form 1099
    how do i install python 3.11 on the server | how do i install python 3.10 on the server
    where is the key of room 12 | where is the key of room 21
    wie reserviere ich einen tisch für zwei personen | wie reserviere ich einen tisch für fünf personen
    wie reserviere ich einen tisch für fünfundzwanzig personen | wie reserviere ich einen tisch für 24 personen
    comment réserver une table pour deux personnes | comment réserver une table pour quatre personnes
    cómo reservo una mesa para tres personas | cómo reservo una mesa para cinco personas
    is an rsa key of 2048 bits safe | is an rsa key of 4096 bits safe
    how do i run x86_64 images | how do i run x86_32 images
    is -5 a valid temperature | is 5 a valid temperature
    """

  static let unit = """
    is the parcel insured for 5 years | is the parcel insured for 5 days
    is the walk 5 km long | is the walk 5 miles long
    is the walk 5km long | is the walk 5 mi long
    can i withdraw 20 euros abroad | can i withdraw 20 dollars abroad
    can i withdraw €20 abroad | can i withdraw $20 abroad
    how do i set the timeout to 30 seconds | how do i set the timeout to 30 minutes
    how do i set the timeout to 30s | how do i set the timeout to 30ms
    does the disk have 2 gb of space | does the disk have 2 tb of space
    can i return a book after two weeks | can i return a book after two months
    is the warranty valid for 2 years | is the warranty valid for 2 weeks
    """

  static let date = """
    what were the fares in 2019 | what were the fares in 2023
    is the library open on monday | is the library open on tuesday
    is the museum open on saturdays | is the museum open on sundays
    is the library open today | is the library open tomorrow
    what happens on 2024-01-05 at the school | what happens on 2024-01-06 at the school
    what happens on 5 january at the school | what happens on 6 january at the school
    what happens on january 5th at the school | what happens on february 5th at the school
    what happens on the 5th of may at the school | what happens on the 5th of june at the school
    what happens on jan 5 2024 at the school | what happens on jan 5 2025 at the school
    does the train leave at 5pm | does the train leave at 5am
    does the train leave at 17:00 | does the train leave at 18:00
    does the train leave at 5:30 p.m. | does the train leave at 5:45 p.m.
    does the train leave at 7 o'clock | does the train leave at 8 o'clock
    ist die bücherei am montag offen | ist die bücherei am dienstag offen
    was passiert am 5.1.2024 in der schule | was passiert am 5.2.2024 in der schule
    est-ce que la bibliothèque est ouverte lundi | est-ce que la bibliothèque est ouverte mardi
    la biblioteca abre el lunes | la biblioteca abre el martes
    how do i file taxes in march | how do i file taxes in april
    how do i file taxes in may | how do i file taxes in june
    what changes for drivers in december | what changes for drivers in october
    """

  static let code = """
    how do i learn c++ quickly | how do i learn c# quickly
    how do i read a .csv file | how do i read a .xml file
    where is order #d7a81 now | where is order #d7b81 now
    what does error e12x mean | what does error e15x mean
    how do i install release 3.11.2 | how do i install release 3.11.3
    may i edit /etc/passwd by hand | may i edit /etc/hosts by hand
    how does 2fa work | how does 3fa work
    what is flight ab12cd | what is flight ab12ce
    how do i open notes.txt with the editor | how do i open notes.pdf with the editor
    is the shop open 24/7 in summer | is the shop open 24/5 in summer
    what is the key d-7781 | what is the key e-7781
    """

  static let negation = """
    is the library open on sundays | is the library not open on sundays
    can i park in the yard | can't i park in the yard
    why does the printer work | why does the printer not work
    why is my card working | why isn't my card working
    why is my card working | why isn’t my card working
    why is my card working | why isnt my card working
    do you ship to islands | do you never ship to islands
    can i travel with a passport | can i travel without a passport
    which foods contain sugar | which foods contain no sugar
    is smoking allowed here | is smoking no longer allowed here
    how can i log in to the portal | i cannot log in to the portal
    am i able to log in to the portal | i am unable to log in to the portal
    why does the backup finish | why does the backup fail to finish
    what should i eat before surgery | what should i not eat before surgery
    darf ich hier parken | darf ich hier nicht parken
    habe ich anspruch auf urlaub | habe ich keinen anspruch auf urlaub
    est-ce que je peux fumer ici | est-ce que je ne peux pas fumer ici
    puedo viajar con pasaporte | puedo viajar sin pasaporte
    """

  static let antonym = """
    how do i open an account | how do i close an account
    how do i open the valve | how do i shut the valve
    how can i enable notifications | how can i disable notifications
    how do i turn on the heating | how do i turn off the heating
    how do i turn the heating on | how do i turn the heating off
    how do i switch the lights on | how do i switch the lights off
    how do i turn the volume up | how do i turn the volume down
    how do i log in to the portal | how do i log out of the portal
    how do i start the engine | how do i stop the engine
    how do i increase the limit | how do i decrease the limit
    where can i buy stamps | where can i sell stamps
    should i eat before swimming | should i eat after swimming
    how do i encode base64 in perl | how do i decode base64 in perl
    how do i upload a photo | how do i download a photo
    how do i import contacts | how do i export contacts
    how do i lock the screen | how do i unlock the screen
    what is the minimum age of drivers | what is the maximum age of drivers
    why do i need more memory | why do i need less memory
    when is the first bus | when is the last bus
    how do i add a user | how do i remove a user
    should i turn left at the church | should i turn right at the church
    how do i push a branch | how do i pull a branch
    how do i send money abroad | how do i receive money abroad
    how do i deposit cash | how do i withdraw cash
    where is the cheapest hotel | where is the most expensive hotel
    how do i get hot water | how do i get cold water
    may i drive by day | may i drive by night
    how do i install the module | how do i uninstall the module
    how do i encrypt a file | how do i decrypt a file
    how do i mute a call | how do i unmute a call
    how do i block a caller | how do i unblock a caller
    how do i subscribe to the letter | how do i unsubscribe from the letter
    when does the train arrive | when does the train depart
    is the offer valid | is the offer invalid
    how do i freeze my card | how do i unfreeze my card
    how can i gain weight | how can i lose weight
    is the yard public | is the yard private
    what is the input of the filter | what is the output of the filter
    where is the upper deck | where is the lower deck
    where is the north gate | where is the south gate
    what are symptoms of hypertension | what are symptoms of hypotension
    what do employers pay | what do employees pay
    what does the landlord pay | what does the tenant pay
    how do i connect the cable | how do i disconnect the cable
    wie kann ich das licht einschalten | wie kann ich das licht ausschalten
    wo kann ich briefmarken kaufen | wo kann ich briefmarken verkaufen
    comment activer la carte | comment désactiver la carte
    cómo abrir una cuenta | cómo cerrar una cuenta
    """

  static let direction = """
    how do i migrate from mysql to postgres | how do i migrate from postgres to mysql
    how do i convert celsius to fahrenheit | how do i convert fahrenheit to celsius
    how do i convert miles into kilometers | how do i convert kilometers into miles
    is there a bus from oslo to bergen | is there a bus from bergen to oslo
    how do i move money from savings to checking | how do i move money from checking to savings
    how do i move money from my savings account to my checking account | how do i move money from my checking account to my savings account
    does python call perl | does perl call python
    can dogs infect cats | can cats infect dogs
    is gold heavier than lead | is lead heavier than gold
    how do i replace butter with oil | how do i replace oil with butter
    how do i translate german into english | how do i translate english into german
    """

  /// Pairs that contradict each other in nothing.
  static let none = """
    how do i book a table for 2 people | how do i book a table for two people
    how do i book a table for 25 people | how do i book a table for twenty-five people
    how do i book a table for 25 people | how do i book a table for twenty five people
    does the ladder hold 100kg | does the ladder hold 100 kilograms
    is the parking free for 60 minutes | is the parking free for 1 hour
    is the parking free for half an hour | is the parking free for 30 minutes
    is the parking free for an hour | is the parking free for one hour
    is the parking free for two hours | is the parking free for 120 minutes
    can i pay $5 by card | can i pay 5 dollars by card
    can i pay $5.00 by card | can i pay five dollars by card
    can i order a dozen eggs | can i order 12 eggs
    can i bring 1,000 bottles | can i bring 1000 bottles
    can i bring a thousand bottles | can i bring 1000 bottles
    is there a discount of 10% for members | is there a discount of ten percent for members
    is the third floor open | is the 3rd floor open
    which one is better for children | which is better for children
    is this the one i need | is this what i need
    can one park here | can i park here
    what is covid-19 | what is covid 19
    what is covid-19 | what is covid19
    what is covid-19 | what is the coronavirus
    how do i install python3 | how do i install python 3
    what is utf-8 | what is utf8
    what happens on 5 january at the school | what happens on jan 5th at the school
    what happens on 2024-01-05 at the school | what happens on january 5, 2024 at the school
    what happens on the fifth of may at the school | what happens on may 5 at the school
    does the train leave at 5pm | does the train leave at 17:00
    does the train leave at 5 p.m. | does the train leave at 5:00 pm
    does the train leave at 5 o'clock | does the train leave at 5 pm
    is the library open today | is the library open
    what may i bring to the exam | what can i bring to the exam
    may 2 people share a room | can 2 people share a room
    why did they march to the city | why did they walk to the city
    why can't i log in | i am not able to log in
    why can't lambda expressions contain statements | why are statements forbidden in lambda expressions
    the exchange rate was not correct | the exchange rate was incorrect
    the exchange rate was not right | i got the wrong exchange rate
    my printer doesn't work | my printer is broken
    i don't know how to reset my pin | how do i reset my pin
    why don't we meet in the yard | can we meet in the yard
    is the yard open or not | is the yard open
    how do i open an account and close it later | how do i close an account
    how do i close the account i opened last year | how do i close an account
    how do i turn on sound | how do i turn sound on
    how long does the trip take | is it a short trip
    how can i find out what is on my account | how can i see what is in my account
    what is on at the theatre | what is off limits at the theatre
    difference between python and perl | difference between perl and python
    how do i go from oslo to bergen by train | is there a train to bergen from oslo
    how do i convert celsius to fahrenheit | how do i turn celsius into fahrenheit
    is lead heavier than gold | is lead heavier than gold really
    how do i pay with c++ books | how do i pay with books
    where is the cinema | why is water wet
    what is 2 + 2 | how do i set the alarm to go off at 9
    wie reserviere ich einen tisch für zwei personen | wie reserviere ich einen tisch für 2 personen
    comment réserver une table pour deux personnes | comment réserver une table pour 2 personnes
    cómo reservo una mesa para tres personas | cómo reservo una mesa para 3 personas
    """

  /// The pairs of a table.
  static func pairs(_ table: String) -> [(first: String, second: String)] {
    table.split(separator: "\n").map { line in
      let parts = line.split(separator: "|").map { $0.trimmingCharacters }
      return (parts[0], parts[1])
    }
  }
}

extension Substring {
  fileprivate var trimmingCharacters: String {
    var text = self
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
