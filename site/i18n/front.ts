import { words } from "./language.ts";

interface Part {
  title: string;
  text: string;
}

/** What a person wants to know before they open an account: the companion, what one needs, what it costs, terms, who we are, where a fault is reported. */
export const frontText = words({
  en: {
    companion: {
      title: "The companion",
      lead: "A small program beside your DAW. It moves the transport, carries the sound bit for bit, records your takes and fetches theirs. To begin with, a browser such as Chrome plays and records as well.",
      parts: [
        {
          title: "What you need",
          text: "A computer with Linux, macOS or Windows, an audio interface, headphones, and a cable to the router. 2 Mbit/s up are enough for two people in stereo; wireless is what makes it stutter.",
        },
        {
          title: "Your DAW",
          text: "Any that speaks MIDI Machine Control: Cubase, Nuendo, Pro Tools, Logic Pro, Digital Performer, Reaper, Ardour, Studio One, Samplitude. Takes come as Broadcast Wave with their place in them, and as a Reaper or DAWproject file with every stem on its bar.",
        },
        {
          title: "Where it stands",
          text: "Today it runs without a window: you start it, sign it in with a code, and it works. The desktop app around the same engine is written and not yet packaged.",
        },
      ] as Part[],
      signIn: "Sign a companion in",
      how: "How a session works",
    },
    prices: {
      title: "Prices",
      lead: "Playing together costs nothing. What plans differ in is how long shared takes stay with us; your own disk keeps them for good.",
      picture: "How long a shared take stays with us: 7 days on Free, 30 on Pro, on Studio past the end of the line.",
      shared: "shared",
      plan: "Plan",
      kept: "Shared takes stay",
      cost: "Costs",
      untilDeleted: "until the session is deleted",
      free: "nothing",
      later: "not on sale yet",
      note: "Pro and Studio go on sale with the wallet. Their prices will stand here before anybody can pay them, and nobody is moved into one.",
      open: "Open an account",
    },
    terms: {
      title: "Terms",
      lead: "The agreement between you and SessionLinked Ltd, in words that are meant to be read.",
      parts: [
        {
          title: "Who may use it",
          text: "Anybody of 16 or over, with an account of their own. Keep your passkey or password to yourself; what is done with your account counts as done by you until you tell us.",
        },
        {
          title: "Your music is yours",
          text: "Whatever you play, record and share stays yours and your collaborators’. You let us store and deliver what you share, to the people in its session and for as long as your plan says, and for nothing else.",
        },
        {
          title: "What you may not do",
          text: "Upload what you have no right to, harass people, pretend to be somebody else, break into what is not yours, or load the service with what is not music. We may close an account that does, and say why.",
        },
        {
          title: "What we promise",
          text: "To keep shared takes until the time that is shown beside them, to write before they end, and to say so when something is broken. Sound between two cities depends on the road between them: its delay is measured and shown, and not promised.",
        },
        {
          title: "What we are liable for",
          text: "For intent and gross negligence, and for injury to life, body or health, without limit; for a breach of what this agreement is about, up to the damage that could be foreseen. Keep a copy of your own takes: the original is on your disk.",
        },
        {
          title: "How it ends",
          text: "You can delete your account at any time. We give you two months’ notice, unless you have broken these terms badly. A change of them is mailed to you four weeks before; whoever does not agree can leave, with everything that is theirs.",
        },
        {
          title: "The law",
          text: "The law of England and Wales applies. If you are a consumer, what your own country’s law protects you with stays yours, and you may go to court there.",
        },
      ] as Part[],
    },
    imprint: {
      title: "Imprint",
      lead: "Who runs this site.",
      parts: [
        {
          title: "Company",
          text: "SessionLinked Ltd, a private limited company registered in England and Wales. Registered office: 11 Oldham Street, Liverpool, L1 2SU, United Kingdom.",
        },
        { title: "Write to us", text: "hello@sessionlinked.com. A person reads it." },
        {
          title: "Responsible for what is written here",
          text: "SessionLinked Ltd, at the address above. For what people write on their profiles they answer themselves; report it on the profile, and a person looks at it.",
        },
      ] as Part[],
    },
    security: {
      title: "Reporting a fault",
      lead: "You have found a way to do what nobody should be able to? Tell us first, and we mend it.",
      parts: [
        {
          title: "Where to write",
          text: "hello@sessionlinked.com, with “security” in the subject, in English or German. Say what you did and what happened; a few lines are enough to begin.",
        },
        {
          title: "What we do",
          text: "A person reads it and answers: whether we see it too, and when it is mended. A fault in the companion that is being used against people we report to the authorities within the 24 and 72 hours of the Cyber Resilience Act. Whoever’s data it laid open hears it from us.",
        },
        {
          title: "What we ask",
          text: "Try it on accounts and sessions of your own. Stop where somebody else’s data begin, keep none of them, and slow nobody down. Give us 90 days before you publish; less if it is mended sooner.",
        },
        {
          title: "What you can rely on",
          text: "Whoever keeps to that is not sued or reported by us, even where they came further than they meant to. If you like, we name you beside the mending. We pay no rewards.",
        },
        {
          title: "What it is about",
          text: "This site with its API and rooms, and the companion. What breaks our terms is reported where it stands, on a profile or a take; what concerns your own data is on your account’s privacy page.",
        },
      ] as Part[],
    },
  },
  de: {
    companion: {
      title: "Der Companion",
      lead: "Ein kleines Programm neben deiner DAW. Es bewegt den Transport, überträgt den Ton Bit für Bit, nimmt deine Takes auf und holt die der anderen. Für den Anfang reicht ein Browser wie Chrome: Auch damit lässt sich spielen und aufnehmen.",
      parts: [
        {
          title: "Was du brauchst",
          text: "Einen Rechner mit Linux, macOS oder Windows, ein Audiointerface, Kopfhörer und ein Kabel zum Router. Für zwei Leute in Stereo reichen 2 Mbit/s Upload; wenn es stottert, liegt es meist am WLAN.",
        },
        {
          title: "Deine DAW",
          text: "Jede, die MIDI Machine Control spricht: Cubase, Nuendo, Pro Tools, Logic Pro, Digital Performer, Reaper, Ardour, Studio One, Samplitude. Takes kommen als Broadcast Wave mit ihrem Platz in der Datei, und als Reaper- oder DAWproject-Datei, in der jede Spur auf dem richtigen Takt liegt.",
        },
        {
          title: "Wie weit er ist",
          text: "Heute läuft er ohne Fenster: Du startest ihn, meldest ihn mit einem Code an, und er arbeitet. Die Desktop-App mit demselben Kern ist geschrieben, aber noch nicht verpackt.",
        },
      ],
      signIn: "Einen Companion anmelden",
      how: "So läuft eine Session",
    },
    prices: {
      title: "Preise",
      lead: "Zusammen spielen kostet nichts. Die Tarife unterscheiden sich darin, wie lange geteilte Takes bei uns bleiben; auf deiner Platte bleiben sie für immer.",
      picture:
        "Wie lange ein geteilter Take bei uns bleibt: bei Free 7 Tage, bei Pro 30, bei Studio über das Ende der Linie hinaus.",
      shared: "geteilt",
      plan: "Tarif",
      kept: "Geteilte Takes bleiben",
      cost: "Kostet",
      untilDeleted: "bis die Session gelöscht wird",
      free: "nichts",
      later: "noch nicht zu kaufen",
      note: "Pro und Studio gibt es, sobald das Guthabenkonto da ist. Die Preise stehen hier, bevor jemand sie zahlen kann, und niemand wird ungefragt umgestellt.",
      open: "Konto eröffnen",
    },
    terms: {
      title: "Bedingungen",
      lead: "Die Vereinbarung zwischen dir und der SessionLinked Ltd, in Worten, die man lesen kann.",
      parts: [
        {
          title: "Wer mitmachen kann",
          text: "Alle ab 16, mit einem eigenen Konto. Behalte Passkey oder Passwort für dich; was mit deinem Konto geschieht, gilt als von dir getan, bis du uns Bescheid gibst.",
        },
        {
          title: "Deine Musik gehört dir",
          text: "Was du spielst, aufnimmst und teilst, gehört dir und denen, mit denen du spielst. Du erlaubst uns, Geteiltes zu speichern und an die Leute in der Session auszuliefern, solange dein Tarif es vorsieht, und für nichts anderes.",
        },
        {
          title: "Was nicht geht",
          text: "Hochladen, woran du keine Rechte hast, andere belästigen, dich für jemanden ausgeben, einbrechen oder den Dienst mit etwas belasten, das keine Musik ist. Ein solches Konto können wir schließen, und wir sagen, warum.",
        },
        {
          title: "Was wir zusagen",
          text: "Geteilte Takes bis zu dem Zeitpunkt zu behalten, der daneben steht, vorher zu schreiben und zu sagen, wenn etwas kaputt ist. Der Ton zwischen zwei Städten hängt vom Weg dazwischen ab: Die Verzögerung wird gemessen und gezeigt, nicht versprochen.",
        },
        {
          title: "Wofür wir haften",
          text: "Unbeschränkt bei Vorsatz, grober Fahrlässigkeit und Schäden an Leben, Körper oder Gesundheit; bei Verletzung wesentlicher Pflichten bis zum vorhersehbaren Schaden. Behalte eine Kopie deiner Takes: Das Original liegt auf deiner Platte.",
        },
        {
          title: "Wie es endet",
          text: "Dein Konto kannst du jederzeit löschen. Wir kündigen mit zwei Monaten Frist, außer bei schweren Verstößen. Änderungen schicken wir vier Wochen vorher per Mail; wer nicht einverstanden ist, kann gehen, mit allem, was ihm gehört.",
        },
        {
          title: "Welches Recht gilt",
          text: "Es gilt das Recht von England und Wales. Als Verbraucherin oder Verbraucher behältst du den Schutz deines eigenen Landes und kannst dort vor Gericht gehen.",
        },
      ],
    },
    imprint: {
      title: "Impressum",
      lead: "Wer diese Seite betreibt.",
      parts: [
        {
          title: "Unternehmen",
          text: "SessionLinked Ltd, eine in England und Wales eingetragene private limited company. Sitz: 11 Oldham Street, Liverpool, L1 2SU, Vereinigtes Königreich.",
        },
        { title: "Kontakt", text: "hello@sessionlinked.com. Das liest ein Mensch." },
        {
          title: "Verantwortlich für den Inhalt",
          text: "SessionLinked Ltd, unter der Adresse oben. Für ihre Profile stehen die Leute selbst ein; melde es dort, dann sieht ein Mensch es sich an.",
        },
      ],
    },
    security: {
      title: "Eine Lücke melden",
      lead: "Du hast einen Weg gefunden zu tun, was niemand können sollte? Sag es uns zuerst, wir schließen ihn.",
      parts: [
        {
          title: "Wohin",
          text: "An hello@sessionlinked.com, mit „security“ im Betreff, auf Deutsch oder Englisch. Schreib, was du getan hast und was geschah; ein paar Zeilen reichen für den Anfang.",
        },
        {
          title: "Was wir tun",
          text: "Ein Mensch liest es und antwortet: ob wir es auch sehen und wann es behoben ist. Eine Lücke im Companion, die schon gegen Leute benutzt wird, melden wir den Behörden innerhalb der 24 und 72 Stunden des Cyber Resilience Act. Wessen Daten offen lagen, erfährt es von uns.",
        },
        {
          title: "Worum wir bitten",
          text: "Probier es an eigenen Konten und Sessions. Hör auf, wo fremde Daten anfangen, behalte keine davon, und brems niemanden aus. Gib uns 90 Tage, bevor du etwas veröffentlichst; weniger, wenn es früher behoben ist.",
        },
        {
          title: "Worauf du dich verlassen kannst",
          text: "Wer sich daran hält, den verklagen wir nicht und zeigen ihn nicht an, auch wenn er weiter kam als gewollt. Wenn du magst, nennen wir dich bei der Behebung. Belohnungen zahlen wir nicht.",
        },
        {
          title: "Worum es geht",
          text: "Um diese Seite mit API und Räumen und um den Companion. Was gegen unsere Bedingungen verstößt, meldest du dort, wo es steht, im Profil oder beim Take; was deine eigenen Daten angeht, auf der Datenschutzseite deines Kontos.",
        },
      ],
    },
  },
});
