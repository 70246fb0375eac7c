/** A store for Lambda in DynamoDB: partition key `id`, TTL on `expires`. It knows a delivery by its first key alone. */
import { DeleteCommand, type DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { defineReplayStore } from "@countersign/core";

const FREE = "attribute_not_exists(id) OR freeAt <= :now OR (holder = :holder AND done <= :done)";
const whenHeld = (error: Error) => error.name !== "ConditionalCheckFailedException" && Promise.reject(error);
export function dynamoReplayStore(client: DynamoDBDocumentClient, TableName: string) {
  const write = (command: any) => client.send(command).then(() => true, whenHeld);
  const put = (id: string, holder: string, milliseconds: number, done: 0 | 1) => {
    const freeAt = Date.now() + milliseconds; // DynamoDB deletes late: its TTL alone frees no key in time.
    const Item = { id, holder, done, freeAt, expires: Math.ceil(freeAt / 1000) };
    const values = { ":holder": holder, ":done": done, ":now": Date.now() };
    return write(new PutCommand({ TableName, Item, ConditionExpression: FREE, ExpressionAttributeValues: values }));
  };
  const held = (holder: string) => ({ ExpressionAttributeValues: { ":holder": holder, ":done": 0 } });
  const mine = { TableName, ConditionExpression: "holder = :holder AND done = :done" };
  const get = (id: string) => client.send(new GetCommand({ TableName, Key: { id }, ConsistentRead: true }));
  return defineReplayStore({
    claim: async (id, token, lease) =>
      (await put(id, token, lease, 0)) ? "new" : (await get(id)).Item?.done ? "done" : "busy",
    commit: (id, token, ttl) => put(id, token, ttl, 1),
    release: (id, token) => write(new DeleteCommand({ ...mine, Key: { id }, ...held(token) })),
    extend: (id, token, lease) => put(id, token, lease, 0),
  });
}
