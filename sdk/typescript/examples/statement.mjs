// What happened to one's wallets, oldest last: statement.mjs URL KEY
import { Client } from "gongfang";

const [url, key] = process.argv.slice(2);
const client = new Client(url, { key });
for await (const entry of client.pages("/entries", { limit: 2 })) {
  console.log(entry.created_at, entry.cause, entry.amount.amount ?? `${entry.amount.uses} uses`);
}
