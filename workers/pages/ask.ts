export { askApi as ask } from "./form.ts";
