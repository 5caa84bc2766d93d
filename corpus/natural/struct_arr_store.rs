#[repr(C)]
#[derive(Clone, Copy)]
pub struct Ring {
    pub head: u32,
    pub used: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Interval {
    pub lo: i32,
    pub hi: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Slot {
    pub key: u32,
    pub value: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct IntStats {
    pub min: i32,
    pub max: i32,
    pub sum: i64,
    pub samples: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct BitReader {
    pub byte_pos: u32,
    pub bit_pos: u32,
}

pub fn ring_push_back(buf: &mut [i32], r: &mut Ring, value: i32) -> bool {
    let cap = buf.len() as u32;
    if r.head >= cap || r.used >= cap {
        return false;
    }
    buf[((r.head + r.used) % cap) as usize] = value;
    r.used += 1;
    true
}

pub unsafe fn ring_pop_front(buf: &[i32], r: &mut Ring, out: *mut i32) -> bool {
    let cap = buf.len() as u32;
    if r.head >= cap || r.used == 0 || r.used > cap {
        return false;
    }
    *out = buf[r.head as usize];
    r.head += 1;
    if r.head == cap {
        r.head = 0;
    }
    r.used -= 1;
    true
}

pub fn ring_total(buf: &[i32], r: &Ring) -> i64 {
    let (head, used) = (r.head as usize, r.used as usize);
    if head >= buf.len() || used > buf.len() {
        return 0;
    }
    let (wrapped, from_head) = buf.split_at(head);
    from_head
        .iter()
        .chain(wrapped)
        .take(used)
        .map(|&v| v as i64)
        .sum()
}

/// Min-heap in the first *used elements of the array.
pub unsafe fn min_heap_push(heap: &mut [i32], used: *mut i32, value: i32) -> bool {
    if *used < 0 || *used >= heap.len() as i32 {
        return false;
    }
    let mut i = *used as usize;
    *used += 1;
    while i > 0 {
        let parent = (i - 1) / 2;
        if heap[parent] <= value {
            break;
        }
        heap[i] = heap[parent];
        i = parent;
    }
    heap[i] = value;
    true
}

pub unsafe fn min_heap_pop(heap: &mut [i32], used: *mut i32, out: *mut i32) -> bool {
    if *used <= 0 || *used > heap.len() as i32 {
        return false;
    }
    let least = heap[0];
    let n = *used as usize - 1;
    let last = heap[n];
    let mut i = 0;

    while 2 * i + 1 < n {
        let mut child = 2 * i + 1;
        if child + 1 < n && heap[child + 1] < heap[child] {
            child += 1;
        }
        if last <= heap[child] {
            break;
        }
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = last;
    *used = n as i32;
    *out = least;
    true
}

/// Root of x with path halving; -1 if the links are broken.
pub fn union_find_root(parent: &mut [i32], x: i32) -> i32 {
    let n = parent.len() as i32;
    let mut x = x;
    for _ in 0..=n {
        if x < 0 || x >= n {
            return -1;
        }
        let up = parent[x as usize];
        if up == x {
            return x;
        }
        if up < 0 || up >= n {
            return -1;
        }
        let grandparent = parent[up as usize];
        parent[x as usize] = grandparent;
        x = grandparent;
    }
    -1
}

pub fn union_find_join(parent: &mut [i32], weight: &mut [i32], a: i32, b: i32) -> bool {
    let ra = union_find_root(parent, a);
    let rb = union_find_root(parent, b);
    if ra < 0 || rb < 0 || ra == rb {
        return false;
    }
    let (mut big, mut small) = (ra as usize, rb as usize);
    if weight[big] < weight[small] {
        (big, small) = (small, big);
    }
    parent[small] = big as i32;
    weight[big] = weight[big].wrapping_add(weight[small]);
    true
}

/// Joins intervals, sorted by lo, that touch or overlap; returns how many remain.
pub fn merge_sorted_intervals(v: &mut [Interval]) -> i32 {
    if v.is_empty() {
        return 0;
    }
    let mut kept = 0;
    for i in 1..v.len() {
        let next = v[i];
        if next.lo <= v[kept].hi {
            v[kept].hi = v[kept].hi.max(next.hi);
        } else {
            kept += 1;
            v[kept] = next;
        }
    }
    kept as i32 + 1
}

pub fn deepest_overlap(v: &[Interval]) -> i32 {
    v.iter()
        .map(|a| v.iter().filter(|b| b.lo <= a.lo && a.lo < b.hi).count())
        .max()
        .unwrap_or(0) as i32
}

pub fn find_interval_index(sorted: &[Interval], x: i32) -> i32 {
    let mut lo = 0;
    let mut hi = sorted.len() as i32 - 1;
    while lo <= hi {
        let mid = (lo + hi) / 2;
        let candidate = &sorted[mid as usize];
        if x < candidate.lo {
            hi = mid - 1;
        } else if x >= candidate.hi {
            lo = mid + 1;
        } else {
            return mid;
        }
    }
    -1
}

/// Open addressing, key 0 is free; -1 if the table is full.
pub fn slot_table_put(slots: &mut [Slot], key: u32, value: i32) -> i32 {
    let size = slots.len();
    if size == 0 || key == 0 {
        return -1;
    }
    let mut at = key.wrapping_mul(2654435761) as usize % size;
    for _ in 0..size {
        let slot = &mut slots[at];
        if slot.key == 0 || slot.key == key {
            *slot = Slot { key, value };
            return at as i32;
        }
        at += 1;
        if at == size {
            at = 0;
        }
    }
    -1
}

pub fn stats_absorb(samples: &[i32], s: &mut IntStats) {
    for &v in samples {
        if s.samples == 0 || v < s.min {
            s.min = v;
        }
        if s.samples == 0 || v > s.max {
            s.max = v;
        }
        s.sum = s.sum.wrapping_add(v as i64);
        s.samples = s.samples.wrapping_add(1);
    }
}

/// Reads up to 32 bits, most significant first; false at the end of the data.
pub unsafe fn read_bits(data: &[u8], r: &mut BitReader, bits: u32, out: *mut u32) -> bool {
    if bits > 32 {
        return false;
    }
    let mut value = 0u32;
    for _ in 0..bits {
        if r.byte_pos >= data.len() as u32 || r.bit_pos > 7 {
            return false;
        }
        let bit = data[r.byte_pos as usize] >> (7 - r.bit_pos) & 1;
        value = value << 1 | bit as u32;
        r.bit_pos += 1;
        if r.bit_pos == 8 {
            r.bit_pos = 0;
            r.byte_pos += 1;
        }
    }
    *out = value;
    true
}

/// Reverse Polish code: digits push, + - * d(up) s(wap) work on the stack.
pub unsafe fn run_stack_code(code: &[i8], result: *mut i32) -> bool {
    let mut stack = [0i32; 32];
    let mut top = 0;

    for &op in code {
        let op = op as u8;
        if op.is_ascii_digit() {
            if top == 32 {
                return false;
            }
            stack[top] = (op - b'0') as i32;
            top += 1;
            continue;
        }
        if op == b'd' {
            if top == 0 || top == 32 {
                return false;
            }
            stack[top] = stack[top - 1];
            top += 1;
            continue;
        }
        if top < 2 {
            return false;
        }
        let (a, b) = (stack[top - 2], stack[top - 1]);
        if op == b's' {
            stack.swap(top - 2, top - 1);
            continue;
        }
        stack[top - 2] = match op {
            b'+' => a.wrapping_add(b),
            b'-' => a.wrapping_sub(b),
            b'*' => a.wrapping_mul(b),
            _ => return false,
        };
        top -= 1;
    }
    if top != 1 {
        return false;
    }
    *result = stack[0];
    true
}
