import root.secret : hidden;
import other = std.file;
pragma(msg, __traits(allMembers, hidden));
extern (C) int f() { return other.exists("@SECRET@"); }
