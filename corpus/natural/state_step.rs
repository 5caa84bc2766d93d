#[repr(C)]
#[derive(Clone, Copy)]
pub struct Pid {
    pub kp: f32,
    pub ki: f32,
    pub kd: f32,
    pub integral: f32,
    pub last_error: f32,
    pub limit: f32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Average {
    pub sum: i64,
    pub head: u32,
    pub filled: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Rng {
    pub s0: u32,
    pub s1: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Timer {
    pub started: u32,
    pub period: u32,
    pub expired: u32,
    pub running: u8,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Debounce {
    pub stable: u8,
    pub candidate: u8,
    pub ticks: u16,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Bucket {
    pub tokens: u32,
    pub capacity: u32,
    pub per_second: u32,
    pub last_ms: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Lift {
    pub floor: i32,
    pub target: i32,
    pub state: i32,
    pub door_ticks: i32,
}

pub fn pid_step(c: &mut Pid, setpoint: f32, measured: f32, dt: f32) -> f32 {
    let error = setpoint - measured;
    let derivative = if dt > 0.0 { (error - c.last_error) / dt } else { 0.0 };
    c.integral += error * dt;
    if c.integral > c.limit {
        c.integral = c.limit;
    } else if c.integral < -c.limit {
        c.integral = -c.limit;
    }
    c.last_error = error;
    c.kp * error + c.ki * c.integral + c.kd * derivative
}

/// Puts a sample into the window and returns the mean of what is in it.
pub fn average_push(window: &mut [i32], avg: &mut Average, sample: i32) -> i32 {
    let size = window.len() as u32;
    if size == 0 || avg.head >= size || avg.filled > size {
        return 0;
    }
    let slot = &mut window[avg.head as usize];
    if avg.filled == size {
        avg.sum = avg.sum.wrapping_sub(*slot as i64);
    } else {
        avg.filled += 1;
    }
    *slot = sample;
    avg.sum = avg.sum.wrapping_add(sample as i64);
    avg.head = if avg.head + 1 == size { 0 } else { avg.head + 1 };
    (avg.sum / avg.filled as i64) as i32
}

pub fn rng_xoroshiro(r: &mut Rng) -> u32 {
    let result = r.s0.wrapping_mul(0x9e3779bb);
    let mixed = r.s1 ^ r.s0;
    r.s0 = r.s0.rotate_left(26) ^ mixed ^ mixed << 9;
    r.s1 = mixed.rotate_left(13);
    result
}

/// Unbiased number below bound, with at most 16 attempts.
pub fn rng_below(r: &mut Rng, bound: u32) -> u32 {
    if bound < 2 {
        return 0;
    }
    let threshold = bound.wrapping_neg() % bound;
    let mut value = 0;
    for _ in 0..16 {
        value = rng_xoroshiro(r);
        if value >= threshold {
            break;
        }
    }
    value % bound
}

/// Fills with the high halves of a 64 bit LCG.
pub fn lcg_fill(out: &mut [u32], mut seed: u64) -> u64 {
    for slot in out {
        seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        *slot = (seed >> 32) as u32;
    }
    seed
}

/// Polls a periodic timer on a wrapping clock; true once for each call that is due.
pub fn timer_poll(t: &mut Timer, now: u32) -> bool {
    let elapsed = now.wrapping_sub(t.started);
    if t.running == 0 || elapsed < t.period {
        return false;
    }
    if t.period == 0 {
        t.started = now;
        t.expired = t.expired.wrapping_add(1);
        return true;
    }
    let periods = elapsed / t.period;
    t.started = t.started.wrapping_add(periods.wrapping_mul(t.period));
    t.expired = t.expired.wrapping_add(periods);
    true
}

/// Follows an input once it has been the same for threshold ticks; true on a change.
pub fn debounce_step(d: &mut Debounce, input: bool, threshold: u16) -> bool {
    let level = input as u8;
    if level != d.candidate {
        d.candidate = level;
        d.ticks = 0;
    } else if d.ticks < threshold {
        d.ticks += 1;
    }
    if d.ticks < threshold || d.stable == level {
        return false;
    }
    d.stable = level;
    true
}

pub fn bucket_take(b: &mut Bucket, now_ms: u32, cost: u32) -> bool {
    let elapsed = now_ms.wrapping_sub(b.last_ms);
    let refill = (elapsed as u64).wrapping_mul(b.per_second as u64) / 1000;
    if refill > 0 {
        let tokens = b.tokens as u64 + refill;
        b.tokens = tokens.min(b.capacity as u64) as u32;
        b.last_ms = now_ms;
    }
    if cost > b.tokens {
        return false;
    }
    b.tokens -= cost;
    true
}

/// One tick of a lift: 0 idle, 1 moving, 2 door open.
pub fn lift_step(l: &mut Lift) {
    match l.state {
        0 => {
            if l.target != l.floor {
                l.state = 1;
            }
        }
        1 => {
            if l.floor < l.target {
                l.floor += 1;
            } else if l.floor > l.target {
                l.floor -= 1;
            }
            if l.floor == l.target {
                l.state = 2;
                l.door_ticks = 3;
            }
        }
        2 => {
            l.door_ticks = l.door_ticks.wrapping_sub(1);
            if l.door_ticks <= 0 {
                l.state = 0;
            }
        }
        _ => {
            l.state = 0;
            l.target = l.floor;
        }
    }
}
