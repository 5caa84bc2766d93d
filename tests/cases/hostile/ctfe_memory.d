ubyte[] grow() { ubyte[] all = [1]; while (true) all ~= all; return all; }
enum heap = grow();
extern (C) int f() { return heap[0]; }
