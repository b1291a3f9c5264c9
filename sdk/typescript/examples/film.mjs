// Makes a film of a text and follows it: film.mjs URL KEY TEXT
import { Client } from "gongfang";

const [url, key, text] = process.argv.slice(2);
const client = new Client(url, { key });
const task = await client.post("/tasks", { kind: "anime", text, scene_seconds: 2 });
let state;
for await (const event of client.follow(task.id)) {
  state = event.state;
  console.error(`${String(event.progress).padStart(3)} % ${event.message ?? state}`);
}
if (state !== "succeeded") throw new Error(`the film ${state}`);
for (const file of (await client.get(`/tasks/${task.id}/result`)).files) console.log(file.role, file.url);
