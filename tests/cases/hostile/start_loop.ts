let a = 1;
while (a) a++ || (a = 1);
export function f(b: i32): i32 { return a + b; }
