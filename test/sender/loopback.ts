/** Opens the loopback interface and plain http: what every test over real sockets needs. */
export const loopback = { allow: ["127.0.0.0/8"], schemes: ["http", "https"] } as const;
