// A real identity provider for the tests: whoever signs in is who they say. Arguments: the port, and the redirect address.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(process.env.NODE_MODULES + "/");
const { Provider } = await import(pathToFileURL(require.resolve("oidc-provider")).href);
const [port, redirect] = process.argv.slice(2);

const claims = (sub) => ({
  sub,
  email: `${sub}@example.com`,
  email_verified: sub !== "unproved",
  groups: sub === "boss" ? ["staff", "gongfang-admins"] : ["staff"],
});
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: "gongfang", client_secret: "a client's secret: with signs", redirect_uris: [redirect] }],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["groups"] },
  findAccount: (_, sub) => ({ accountId: sub, claims: () => claims(sub) }),
  pkce: { required: () => true },
});
provider.listen(Number(port), "127.0.0.1", () => console.log("listening"));
