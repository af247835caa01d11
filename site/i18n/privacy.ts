import { words } from "./language.ts";

/** The policy's prose, in our own words and true of this system on Cloudflare. */
export const privacyText = words({
  en: {
    title: "Privacy",
    lead: "What this system holds about you, why, for how long, and who else sees it.",
    updated: "Last changed",
    keep: "How long things stay",
    keepPicture: "Lengths of keeping, drawn on one line of time from today to eight years.",
    axis: ["1 week", "30 days", "1 year", "8 years"],
    axisNote: "The line is logarithmic: the further right, the more time lies in the same stretch.",
    keepNote:
      "Recordings on a Studio plan stay until their session is deleted. Our database’s own recovery history holds up to 30 days; so we delete at once, and after those days it cannot be brought back from there either. Your e-mail address lies there under a key of your own. When your account is deleted the key goes first, and no copy can be read any more; only your last mail keeps the address for up to four days.",
    promises: "What proves it",
    now: "now",
    lengths: {
      free: "Shared recordings, Free",
      pro: "Shared recordings, Pro",
      erasure: "Deleting, at the most",
      logs: "Server logs",
      waitlist: "Waiting list, after launch",
      messages: "Messages",
      deletion: "Record of a deleted account",
      transactions: "Payment records",
    },
    holdings: "Everything we store, place by place",
    holdingsNote: "This table is made from the rules that our own export, deletion and clearing out run on.",
    register: "The same for machines (JSON-LD).",
    columns: ["Name", "What for", "Basis", "Who else sees it", "How long"],
    versions: "Versions of this page",
    version: "Version",
    firstVersion: "The first.",
    versionColumns: ["Number in the code", "Before, days", "Since then, days"],
    nobodyElse: "nobody",
    places: {
      database: "database",
      store: "file store",
      room: "a session’s room",
      index: "search index",
      disk: "your own disk",
    },
    bases: {
      contract: "contract",
      consent: "consent",
      "legitimate-interest": "legitimate interest",
      "legal-obligation": "legal obligation",
      none: "yours, not ours",
    },
    sections: [
      {
        title: "Who is responsible",
        paragraphs: [
          "SessionLinked Ltd, 11 Oldham Street, Liverpool, L1 2SU, United Kingdom. Write to hello@sessionlinked.com for anything on this page.",
        ],
      },
      {
        title: "Your account",
        paragraphs: [
          "An account is an e-mail address, a display name and what you sign in with. A password never reaches us, not even for a moment: your browser proves that you know it, and what we keep cannot be tried against passwords without a secret of ours. Of a passkey we have the public half; of a second factor its secret; of recovery codes only digests.",
          "We keep a list of the devices you are signed in on, with the name of browser and system and the time of last use, so that you can send one away. To slow down guessing we count tries under keys that change daily and name nobody; they go after a day.",
          "Mails wait with us until they are sent, three days at most; then address and words are gone and an empty row remains for 30 days, so that nothing is said twice. What you write to another member lies on the site for a year, for the two of you to read; the mail says only who wrote. You can delete a conversation for yourself, and with either account it is gone for both. News comes only if you asked for it. A profile on the Hub is optional in every field, private until you publish it, and gone from everywhere the moment you take it back.",
        ],
      },
      {
        title: "The waiting list",
        paragraphs: [
          "Whoever joins gives us an e-mail address and agrees to the words shown beside it. As proof we keep those words, the time, and the network address and browser of that moment. It all goes 90 days after the launch at the latest, with one click in any mail, or when the address gets an account; unconfirmed after seven days. What is left of a withdrawal is that there was one.",
        ],
      },
      {
        title: "What collaborators see",
        paragraphs: [
          "Your display name, your role, whether you are connected, the sound you share, your transport commands, your picture once you switch the camera on, and what you write in chat and notes. That is the whole list.",
          "They never get your e-mail, network address, payments, plan, or a profile you have not published. Sound and picture pass through a relay by default so that your address stays hidden; a direct connection opens only if both of you switch it on for that session.",
          "A copy that a collaborator has saved is on their machine, and we cannot delete it. Ask them first. If they refuse, write to us: after checking who you are, we can help you reach them.",
          "In the companion you can let collaborators keep safety copies of what you play in takes; it is off until you switch it on. They hold such a copy on their machine, encrypted for you alone, until your own take has arrived, or for 30 days, after which their app deletes it when it next runs; it also goes when you switch this off while they are there. We hold none; what opens it we give to you alone, when you sign in.",
        ],
      },
      {
        title: "Guests without an account",
        paragraphs: [
          "Where a host allows it, you can come into a session by a link, with a name and your word that you are 16 or over. Those in the session see that name, that you are a guest, and what the list above says. We keep the name, encrypted, until you leave, the host removes you or allows no more guests, or the session is deleted, and for a day at most. A cookie opens that one session and nothing else.",
          "Leave with “Leave, and remove my name”, and what you wrote in chat and notes is gone from the session as well. Otherwise your words stay in it, under no name. What you record stays in your browser; to share it you need an account.",
        ],
      },
      {
        title: "Where it lies",
        paragraphs: [
          "We run on Cloudflare. Database, recordings and rooms are created in its European Union jurisdiction and are stored there. Cloudflare is a company in the United States, so American law may reach it; we do not claim otherwise. Requests are answered at a location near you, and a collaborator elsewhere receives what you share with them there.",
          "Connections are encrypted with TLS. Live sound and picture are encrypted between the two of you; the relay holds no key. A recording you have not shared does not leave your machine.",
        ],
      },
      {
        title: "Payments, advertising, cookies",
        paragraphs: [
          "Where paid features are switched on, Stripe takes the card; from us it gets an amount and a user number. We sell nothing about you and load nothing from third parties.",
          "The public pages set no cookie. Signing in sets one, which only keeps you signed in; coming in as a guest, or connecting a phone to a session, sets one for that session. The companion keeps its sign-in in your system’s keychain. We count how often each part of the service is used in a day: totals that name nobody, and those under ten are deleted when the day is over. In your account you can object, and we honour a browser’s Global Privacy Control.",
        ],
      },
      {
        title: "Your rights",
        paragraphs: [
          "You may see your data and take it with you as JSON, have it corrected, restricted or deleted, object to its use, and take back a consent as easily as you gave it. We answer within one calendar month and check that it is you who asks.",
          "Name, address, language and consent you change yourself in your account, and there you send devices away. You delete the account there too: a mail asks you once more, then everything goes at once, in the rooms of your sessions as well. A copy of everything, a restriction and anything else you want of us are there as well, each with the day by which we answer.",
          "You may complain to the Information Commissioner’s Office or to the data protection authority where you live. If a breach affects you, we tell you and the authority within 72 hours where that is feasible.",
          "SessionLinked is for people of 16 or over. Tell us of a younger account and we delete it. If this page changes in substance, we write to everyone who has an account.",
        ],
      },
    ],
  },
  de: {
    title: "Datenschutz",
    lead: "Was dieses System über dich speichert, wozu, wie lange, und wer es sonst sieht.",
    updated: "Zuletzt geändert:",
    keep: "Wie lange etwas bleibt",
    keepPicture: "Speicherdauern auf einer Zeitlinie von heute bis in acht Jahren.",
    axis: ["1 Woche", "30 Tage", "1 Jahr", "8 Jahre"],
    axisNote: "Die Linie ist logarithmisch: je weiter rechts, desto mehr Zeit liegt in derselben Strecke.",
    keepNote:
      "Im Tarif Studio bleiben Aufnahmen, bis ihre Session gelöscht wird. Die Wiederherstellung unserer Datenbank reicht bis zu 30 Tage zurück; deshalb löschen wir sofort, damit auch dort in der zugesagten Zeit nichts mehr zu holen ist. Deine E-Mail-Adresse liegt dort unter einem eigenen Schlüssel. Löschst du dein Konto, ist der als Erstes weg, und keine Kopie lässt sich mehr lesen; nur deine letzte Mail braucht die Adresse noch, höchstens vier Tage lang.",
    promises: "Was das belegt",
    now: "jetzt",
    lengths: {
      free: "Geteilte Aufnahmen, Free",
      pro: "Geteilte Aufnahmen, Pro",
      erasure: "Löschen, höchstens",
      logs: "Serverprotokolle",
      waitlist: "Warteliste, nach dem Start",
      messages: "Nachrichten",
      deletion: "Nachweis einer Löschung",
      transactions: "Zahlungsbelege",
    },
    holdings: "Alles, was wir speichern, Ort für Ort",
    holdingsNote: "Diese Tabelle entsteht aus den Regeln, nach denen Auskunft, Löschung und Aufräumen laufen.",
    register: "Dasselbe für Maschinen (JSON-LD).",
    columns: ["Name", "Wozu", "Grundlage", "Wer es sonst sieht", "Wie lange"],
    versions: "Fassungen dieser Seite",
    version: "Fassung",
    firstVersion: "Die erste.",
    versionColumns: ["Zahl im Code", "Vorher, Tage", "Seitdem, Tage"],
    nobodyElse: "niemand",
    places: {
      database: "Datenbank",
      store: "Dateispeicher",
      room: "Raum einer Session",
      index: "Suchverzeichnis",
      disk: "deine eigene Platte",
    },
    bases: {
      contract: "Vertrag",
      consent: "Einwilligung",
      "legitimate-interest": "berechtigtes Interesse",
      "legal-obligation": "gesetzliche Pflicht",
      none: "bei dir, nicht bei uns",
    },
    sections: [
      {
        title: "Wer verantwortlich ist",
        paragraphs: [
          "SessionLinked Ltd, 11 Oldham Street, Liverpool, L1 2SU, Vereinigtes Königreich. Zu allem auf dieser Seite: hello@sessionlinked.com.",
        ],
      },
      {
        title: "Dein Konto",
        paragraphs: [
          "Ein Konto ist eine E-Mail-Adresse, ein Anzeigename und das, womit du dich anmeldest. Ein Passwort erreicht uns nie, auch nicht für einen Moment: Dein Browser beweist, dass du es kennst, und an dem, was wir aufbewahren, lassen sich ohne ein Geheimnis von uns keine Passwörter ausprobieren. Von einem Passkey haben wir die öffentliche Hälfte, von einem zweiten Faktor sein Geheimnis, von Wiederherstellungscodes nur Prüfsummen.",
          "Wir führen eine Liste der Geräte, auf denen du angemeldet bist, mit dem Namen von Browser und System und der letzten Benutzung, damit du eines abmelden kannst. Um Raten zu bremsen, zählen wir Versuche unter Schlüsseln, die täglich wechseln und niemanden nennen; nach einem Tag sind sie weg.",
          "Mails warten bei uns, bis sie gesendet sind, höchstens drei Tage; danach sind Adresse und Wortlaut fort, und eine leere Zeile bleibt 30 Tage, damit nichts zweimal gesagt wird. Was du einem anderen Mitglied schreibst, steht ein Jahr lang auf der Seite, und nur ihr beide lest es; die Mail sagt bloß, wer geschrieben hat. Ein Gespräch kannst du für dich löschen, und mit einem der beiden Konten ist es für beide weg. Neuigkeiten kommen nur, wenn du sie wolltest. Ein Profil auf dem Hub ist in jedem Feld freiwillig, privat, bis du es veröffentlichst, und überall verschwunden, sobald du es zurücknimmst.",
        ],
      },
      {
        title: "Die Warteliste",
        paragraphs: [
          "Wer sich einträgt, gibt uns eine E-Mail-Adresse und stimmt den Worten daneben zu. Als Beleg behalten wir diese Worte, die Zeit und Netzadresse und Browser dieses Moments. Alles geht spätestens 90 Tage nach dem Start, mit einem Klick in jeder Mail, oder wenn die Adresse ein Konto bekommt; unbestätigt nach sieben Tagen. Von einem Widerruf bleibt nur, dass es ihn gab.",
        ],
      },
      {
        title: "Was andere in der Session sehen",
        paragraphs: [
          "Deinen Anzeigenamen, deine Rolle, ob du verbunden bist, den Ton, den du teilst, deine Transportbefehle, dein Bild, sobald du die Kamera einschaltest, und was du in Chat und Notizen schreibst. Mehr nicht.",
          "Nie sehen sie E-Mail, Netzadresse, Zahlungen, Tarif oder ein unveröffentlichtes Profil. Ton und Bild laufen zunächst über ein Relais, damit deine Adresse verborgen bleibt; eine direkte Verbindung gibt es nur, wenn ihr sie beide für diese Session einschaltet.",
          "Eine Kopie, die jemand gespeichert hat, liegt auf einem fremden Rechner, und wir können sie nicht löschen. Frag zuerst dort. Wird es abgelehnt, schreib uns: Nach einer Prüfung, wer du bist, helfen wir dir mit dem Kontakt.",
          "Im Companion kannst du andere Sicherheitskopien von dem behalten lassen, was du in Takes spielst; das ist aus, bis du es einschaltest. Die Kopie liegt auf deren Rechner, für dich allein verschlüsselt, bis dein eigener Take angekommen ist, oder 30 Tage; danach löscht deren Companion sie, sobald er das nächste Mal läuft. Sie geht auch, wenn du es ausschaltest, während sie da sind. Wir haben keine; was sie öffnet, bekommst nur du, wenn du dich anmeldest.",
        ],
      },
      {
        title: "Gäste ohne Konto",
        paragraphs: [
          "Wo ein Host es erlaubt, kommst du über einen Link in eine Session, mit einem Namen und deinem Wort, dass du mindestens 16 bist. Die anderen in der Session sehen diesen Namen, dass du Gast bist, und was oben aufgezählt ist. Der Name liegt verschlüsselt bei uns, bis du gehst, der Host dich entfernt oder keine Gäste mehr erlaubt oder die Session gelöscht wird, höchstens aber einen Tag. Ein Cookie öffnet diese eine Session und sonst nichts.",
          "Gehst du mit „Gehen und meinen Namen entfernen“, verschwindet auch aus der Session, was du in Chat und Notizen geschrieben hast. Sonst bleiben deine Worte dort, ohne Namen. Was du aufnimmst, bleibt in deinem Browser; zum Teilen brauchst du ein Konto.",
        ],
      },
      {
        title: "Wo es liegt",
        paragraphs: [
          "Wir laufen bei Cloudflare. Datenbank, Aufnahmen und Räume werden dort im Rechtsraum der Europäischen Union angelegt und gespeichert. Cloudflare ist ein Unternehmen aus den USA, amerikanisches Recht kann es also erreichen; wir behaupten nichts anderes. Anfragen werden in deiner Nähe beantwortet, und was du teilst, empfangen andere dort, wo sie sind.",
          "Verbindungen sind mit TLS verschlüsselt. Ton und Bild sind zwischen euch verschlüsselt; das Relais hat keinen Schlüssel. Eine ungeteilte Aufnahme verlässt deinen Rechner nicht.",
        ],
      },
      {
        title: "Zahlungen, Werbung, Cookies",
        paragraphs: [
          "Wo Bezahlfunktionen eingeschaltet sind, nimmt Stripe die Karte entgegen; von uns bekommt es einen Betrag und eine Nutzernummer. Wir verkaufen nichts über dich und laden nichts von Dritten.",
          "Die öffentlichen Seiten setzen kein Cookie. Beim Anmelden kommt eines hinzu, das dich nur angemeldet hält; wer als Gast kommt oder ein Handy mit einer Session verbindet, erhält eines für diese Session. Der Companion bewahrt die Anmeldung im Schlüsselbund deines Systems auf. Wir zählen, wie oft jeder Teil des Dienstes am Tag benutzt wird: Summen, in denen niemand vorkommt; was unter zehn bleibt, wird gelöscht, sobald der Tag vorbei ist. In deinem Konto kannst du widersprechen, und Global Privacy Control im Browser beachten wir.",
        ],
      },
      {
        title: "Deine Rechte",
        paragraphs: [
          "Du kannst deine Daten einsehen und als JSON mitnehmen, berichtigen, einschränken oder löschen lassen, ihrer Nutzung widersprechen und eine Einwilligung so leicht zurücknehmen, wie du sie gegeben hast. Wir antworten innerhalb eines Kalendermonats und prüfen, dass du es bist.",
          "Name, Adresse, Sprache und Einwilligung änderst du selbst in deinem Konto, und dort meldest du Geräte ab. Auch löschen kannst du es dort: Eine Mail fragt noch einmal nach, dann geht alles sofort, auch in den Räumen deiner Sessions. Eine Kopie von allem, eine Einschränkung und was du sonst von uns willst, findest du ebenfalls dort, jeweils mit dem Tag, bis zu dem wir antworten.",
          "Du kannst dich beim Information Commissioner’s Office oder der Datenschutzbehörde an deinem Wohnort beschweren. Betrifft dich eine Datenpanne, sagen wir es dir und der Behörde, wenn möglich binnen 72 Stunden.",
          "SessionLinked ist für Menschen ab 16. Nenn uns ein jüngeres Konto, und wir löschen es. Ändert sich diese Seite wesentlich, schreiben wir allen, die ein Konto haben.",
        ],
      },
    ],
  },
});
