import { x } from "@SECRET@";
export function f(a: i32): i32 { return x; }
