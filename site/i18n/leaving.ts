import { words } from "./language.ts";

/** The words of how a session ends: for one person, for a take, for everybody. */
export const leavingText = words({
  en: {
    leave: {
      title: "Leave this session?",
      lead: "You are out at once, and come back only by a new invite.",
      stays:
        "Recordings that you shared stay with the session until they end. To take one back, delete it before you leave.",
      yes: "Leave",
      no: "Stay",
    },
    removeMember: {
      title: (name: string) => `Remove ${name}?`,
      lead: "They are out at once, of the room as well, and come back only by a new invite.",
      stays: "What they have shared stays in the session until it ends. Copies that they have fetched are theirs.",
      yes: "Remove from the session",
      no: "Let them stay",
    },
    remove: {
      title: (name: string) => `Delete ${name}?`,
      goes: "From this moment nobody can play or download it here. The sound, its waveform and its entry are deleted from our servers at once.",
      stays:
        "Collaborators whose companion has fetched it have a copy on their machines, out of our reach. If it is yours, their companions are asked to delete it; whether they do is their decision, and you see their answer.",
      own: "The original on your own machine is not touched.",
      theirs: "The original on the machine of whoever played it is not touched.",
      yes: "Delete the recording",
      no: "Keep it",
    },
    erase: {
      title: (name: string) => `Delete ${name}?`,
      lead: "This ends the session for everybody, and cannot be undone.",
      goesTitle: "Gone from our servers",
      goes: [
        "every recording in it, with waveforms and unfinished uploads",
        "chat, notes and the log of the transport",
        "the list of members, and all invites",
      ],
      when: "It is closed to everybody at once. Deleting takes minutes as a rule, and 30 days at the most, backups included.",
      staysTitle: "Out of our reach",
      stays:
        "Copies that collaborators’ companions have fetched are on their machines. They are theirs, and we cannot delete them.",
      yes: "Delete the session for everybody",
      no: "Keep it",
    },
    erased: {
      title: "The session is deleted",
      running: "It is closed to everybody. Its data is being deleted now.",
      finished: "All of it is gone from our servers.",
      asked: "Requested",
      finishedAt: "Finished",
      underWay: "under way",
      due: "At the latest by",
      recordings: "Recordings deleted",
      objects: "Files deleted",
      stays: "Copies that collaborators have on their own machines are theirs, and out of our reach.",
      again: "Look again",
      back: "To your sessions",
      picture: "The deletion on its line of time",
    },
  },
  de: {
    leave: {
      title: "Diese Session verlassen?",
      lead: "Du bist sofort draußen und kommst nur mit einer neuen Einladung zurück.",
      stays:
        "Aufnahmen, die du geteilt hast, bleiben in der Session, bis ihre Frist abläuft. Willst du eine zurücknehmen, lösche sie, bevor du gehst.",
      yes: "Verlassen",
      no: "Bleiben",
    },
    removeMember: {
      title: (name: string) => `${name} entfernen?`,
      lead: "Das gilt sofort, auch im Raum; zurück geht es nur mit einer neuen Einladung.",
      stays:
        "Was schon geteilt ist, bleibt in der Session, bis seine Frist abläuft. Kopien auf anderen Rechnern bleiben dort.",
      yes: "Aus der Session entfernen",
      no: "Bleiben lassen",
    },
    remove: {
      title: (name: string) => `${name} löschen?`,
      goes: "Ab diesem Moment kann sie hier niemand mehr hören oder herunterladen. Ton, Wellenform und Eintrag werden sofort von unseren Servern gelöscht.",
      stays:
        "Wer sie mit dem Companion schon geholt hat, hat eine Kopie auf dem eigenen Rechner, außerhalb unserer Reichweite. Ist sie von dir, bitten wir die Companions der anderen, sie zu löschen; ob sie es tun, entscheiden die anderen, und du siehst ihre Antwort.",
      own: "Das Original auf deinem eigenen Rechner bleibt unberührt.",
      theirs: "Das Original auf dem Rechner, auf dem gespielt wurde, bleibt unberührt.",
      yes: "Aufnahme löschen",
      no: "Behalten",
    },
    erase: {
      title: (name: string) => `${name} löschen?`,
      lead: "Damit endet die Session für alle. Das lässt sich nicht zurücknehmen.",
      goesTitle: "Von unseren Servern verschwindet",
      goes: [
        "jede Aufnahme darin, mit Wellenform und angefangenen Uploads",
        "Chat, Notizen und das Protokoll des Transports",
        "die Liste der Mitglieder und alle Einladungen",
      ],
      when: "Sie ist sofort für alle geschlossen. Das Löschen dauert in der Regel Minuten, höchstens 30 Tage, Sicherungen eingeschlossen.",
      staysTitle: "Außerhalb unserer Reichweite",
      stays:
        "Kopien, die andere mit ihrem Companion geholt haben, liegen auf deren Rechnern. Sie gehören ihnen, und wir können sie nicht löschen.",
      yes: "Session für alle löschen",
      no: "Behalten",
    },
    erased: {
      title: "Die Session ist gelöscht",
      running: "Sie ist für alle geschlossen. Ihre Daten werden gerade gelöscht.",
      finished: "Alles davon ist von unseren Servern verschwunden.",
      asked: "Angefordert am",
      finishedAt: "Fertig am",
      underWay: "läuft",
      due: "Spätestens am",
      recordings: "Gelöschte Aufnahmen",
      objects: "Gelöschte Dateien",
      stays:
        "Kopien, die andere auf ihren eigenen Rechnern haben, gehören ihnen und liegen außerhalb unserer Reichweite.",
      again: "Noch einmal nachsehen",
      back: "Zu deinen Sessions",
      picture: "Das Löschen auf seiner Zeitlinie",
    },
  },
});
