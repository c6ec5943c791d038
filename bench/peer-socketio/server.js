// The transport alone: rooms, broadcasts and echoes, the way its manual says.
// PORT says where. `conformance bench` of the socketio crate answers the same events.
const { createServer } = require("node:http");
const { Server } = require("socket.io");

// Without these two the comparison would be against a slower build of the peer.
require("bufferutil");
require("utf-8-validate");

const http = createServer();
const io = new Server(http, { serveClient: false, transports: ["websocket"] });

io.on("connection", (socket) => {
  socket.on("join", (room, answer) => {
    socket.join(room);
    answer?.(true);
  });
  socket.on("msg", (message, answer) => {
    io.to(message.room).emit("msg", message);
    answer?.();
  });
  socket.on("echo", (value, answer) => answer?.(value));
});

http.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () => {
  console.log(`bench listens on 127.0.0.1:${http.address().port}`);
});
