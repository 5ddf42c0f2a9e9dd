import select, socket, say

a, b = socket.socketpair()
say.mark()
select.select([a], [], [])
