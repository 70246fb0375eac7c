import type { ApertureData } from "./config.ts";

/** By it the test request is known. */
export const TEST_REQUEST = "req_countersign_test";

/** A request that never was, with everything that a hook can ask for. */
export const TEST: ApertureData = {
  metadata: {
    login_name: "test@example.com",
    user_agent: "countersign",
    url: "/v1/messages",
    model: "test",
    provider: "test",
    tailnet_name: "example.com",
    stable_node_id: "nTEST",
    request_id: TEST_REQUEST,
    session_id: "sess_test",
  },
  tool_calls: [{ name: "search", params: { q: "weather" } }],
  request_body: { model: "test", messages: [{ role: "user", content: "This is a test" }] },
  response_body: { content: [{ type: "text", text: "This is a test" }] },
  raw_responses: [{ type: "message_stop" }],
  user_message: "This is a test",
  estimated_cost: { dollars: 0, cost_basis: "test/test", usage: { input_tokens: 0, output_tokens: 0 } },
  grants: {},
  quotas: {},
};
