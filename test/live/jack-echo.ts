/** A device on JACK that plays what it hears, and hears it once more at the ports of somebody called Ben: what the test of the device looks at from outside. */
import { buildJackAddon, loadJackAddon } from "../../companion/engine/capture/jack-addon.node.ts";
import { JackDevice } from "../../companion/engine/capture/jack-source.node.ts";
import { goFirst } from "../../companion/engine/sound/real-time.node.ts";

goFirst();
const [untilMs = "60000"] = process.argv.slice(2);
let next = 0;
let jumps = 0;
const device: JackDevice = new JackDevice({
  addon: loadJackAddon(buildJackAddon()),
  inputs: 8,
  connect: true,
  openedAtMs: null,
  onBlock(frame, captured, mixed) {
    if (next !== 0 && frame !== next) jumps++;
    next = frame + 128;
    for (const [channel, samples] of mixed.entries()) samples.set(captured[channel] ?? samples);
    device.hear("ben", captured, captured.length);
  },
});
device.addPerson("ben", "Ben: 🥁");
device.addPerson("other-ben", "Ben: 🥁");
device.removePerson("other-ben");
const endsAtMs = Date.now() + Number(untilMs);
for (let toldAtMs = 0; Date.now() < endsAtMs; ) {
  device.turn();
  device.followLanes();
  if (Date.now() - toldAtMs > 200) {
    toldAtMs = Date.now();
    const { isOpen, periodFrames, latencyMs, originMs } = device;
    console.log(JSON.stringify({ isOpen, periodFrames, latencyMs, originMs, frames: next, jumps }));
  }
  device.wait();
}
device.close();
