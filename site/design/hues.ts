/** The tokens that carry a hue (site/design/site.css), by name: people's, and those of states, which no person may look like. */
export const personHues = Array.from({ length: 8 }, (_, at) => `person-${at + 1}`);
const happening = ["transport-rolling", "transport-recording", "error", "danger", "ok", "caution"];
const time = ["time-left-soon", "time-left-last"];
const measured = ["latency-together", "latency-care", "latency-overdub", "level-ok", "level-hot", "level-clip"];
/** `level-low` is a grey: it is shown with the states, and hardly has a hue to be taken for anybody's. */
export const levelLow = "level-low";
export const stateHues = [...happening, ...time, ...measured];
