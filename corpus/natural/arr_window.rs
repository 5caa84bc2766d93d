pub fn prefix_sums(src: &[i32], dst: &mut [i64]) {
    let mut acc = 0i64;
    for (d, &s) in dst.iter_mut().zip(src) {
        acc += s as i64;
        *d = acc;
    }
}

/// Sum of elements lo..hi (inclusive) from running totals.
pub fn range_sum_from_prefix(prefix: &[i64], lo: i32, hi: i32) -> i64 {
    let lo = lo.max(0);
    let hi = hi.min(prefix.len() as i32 - 1);
    if lo > hi {
        return 0;
    }
    let upper = prefix[hi as usize];
    if lo == 0 {
        upper
    } else {
        upper.wrapping_sub(prefix[lo as usize - 1])
    }
}

/// Largest sum of a non-empty run; stores where the run lies.
pub unsafe fn max_subarray_bounds(a: &[i32], start: *mut i32, end: *mut i32) -> i64 {
    let mut best = 0i64;
    let mut cur = 0i64;
    let mut best_from = 0;
    let mut best_to = 0;
    let mut from = 0;

    for (i, &v) in a.iter().enumerate() {
        if cur < 0 || i == 0 {
            cur = v as i64;
            from = i;
        } else {
            cur += v as i64;
        }
        if i == 0 || cur > best {
            best = cur;
            best_from = from;
            best_to = i + 1;
        }
    }
    *start = best_from as i32;
    *end = best_to as i32;
    best
}

/// As max_subarray, but the run may wrap around the end.
pub fn max_circular_sum(a: &[i32]) -> i64 {
    if a.is_empty() {
        return 0;
    }
    let (mut total, mut high, mut low) = (0i64, 0i64, 0i64);
    let (mut best, mut worst) = (i64::MIN, i64::MAX);

    for v in a.iter().map(|&v| v as i64) {
        total += v;
        high = high.max(0) + v;
        low = low.min(0) + v;
        best = best.max(high);
        worst = worst.min(low);
    }
    if best < 0 {
        best
    } else {
        best.max(total - worst)
    }
}

pub fn max_window_sum(a: &[i32], k: i32) -> i64 {
    if k <= 0 || k as usize > a.len() {
        return 0;
    }
    let k = k as usize;
    let mut sum: i64 = a[..k].iter().map(|&v| v as i64).sum();
    let mut best = sum;
    for i in k..a.len() {
        sum += a[i] as i64 - a[i - k] as i64;
        best = best.max(sum);
    }
    best
}

/// Length of the shortest window whose sum reaches the target, 0 if none.
pub fn shortest_window_reaching(a: &[u32], target: u64) -> i32 {
    let mut sum = 0u64;
    let mut left = 0;
    let mut best = 0;

    for right in 0..a.len() {
        sum += a[right] as u64;
        while left <= right && sum >= target {
            let width = right - left + 1;
            if best == 0 || width < best {
                best = width;
            }
            sum -= a[left] as u64;
            left += 1;
        }
    }
    best as i32
}

pub unsafe fn sorted_pair_with_sum(a: &[i32], target: i32, first: *mut i32, second: *mut i32) -> bool {
    let mut i = 0i32;
    let mut j = a.len() as i32 - 1;
    let target = target as i64;

    while i < j {
        let sum = a[i as usize] as i64 + a[j as usize] as i64;
        if sum == target {
            *first = i;
            *second = j;
            return true;
        }
        if sum < target {
            i += 1;
        } else {
            j -= 1;
        }
    }
    false
}

pub fn count_close_pairs(sorted: &[u16], max_gap: u16) -> i32 {
    let mut pairs = 0;
    let mut tail = 0;
    for (i, &v) in sorted.iter().enumerate() {
        while tail < i && v as i32 - sorted[tail] as i32 > max_gap as i32 {
            tail += 1;
        }
        pairs += (i - tail) as i32;
    }
    pairs
}

pub fn best_single_trade(prices: &[u32]) -> u32 {
    let mut cheapest = u32::MAX;
    let mut profit = 0;

    for &price in prices {
        if price < cheapest {
            cheapest = price;
        } else {
            profit = profit.max(price - cheapest);
        }
    }
    profit
}

/// Any number of trades, a fee for each.
pub fn trade_with_fee(price: &[i32], fee: i32) -> i64 {
    let Some((&first, rest)) = price.split_first() else {
        return 0;
    };
    let mut cash = 0i64;
    let mut holding = -(first as i64);
    for &p in rest {
        let sell = holding + p as i64 - fee as i64;
        let buy = cash - p as i64;
        cash = cash.max(sell);
        holding = holding.max(buy);
    }
    cash
}

pub fn water_between_walls(wall: &[u16]) -> i64 {
    if wall.is_empty() {
        return 0;
    }
    let mut water = 0i64;
    let (mut left, mut right) = (0, wall.len() - 1);
    let (mut left_max, mut right_max) = (0u16, 0u16);

    while left < right {
        if wall[left] < wall[right] {
            left_max = left_max.max(wall[left]);
            water += (left_max - wall[left]) as i64;
            left += 1;
        } else {
            right_max = right_max.max(wall[right]);
            water += (right_max - wall[right]) as i64;
            right -= 1;
        }
    }
    water
}

pub fn longest_distinct_window(data: &[u8]) -> i32 {
    let mut next_start = [0usize; 256];
    let mut start = 0;
    let mut best = 0;

    for (i, &b) in data.iter().enumerate() {
        start = start.max(next_start[b as usize]);
        next_start[b as usize] = i + 1;
        best = best.max(i + 1 - start);
    }
    best as i32
}

/// dst[i] is the maximum of the last k elements up to i.
pub fn sliding_max(src: &[i32], dst: &mut [i32], k: i32) {
    let k = k.max(1) as usize;
    let mut at = 0;
    for i in 0..src.len() {
        if i - at >= k {
            at = i + 1 - k;
            for j in at + 1..=i {
                if src[j] >= src[at] {
                    at = j;
                }
            }
        } else if src[i] >= src[at] {
            at = i;
        }
        dst[i] = src[at];
    }
}

pub fn count_skyline_visible(height: &[i32]) -> i32 {
    let mut visible = 0;
    let mut tallest = i32::MIN;

    for &h in height.iter().rev() {
        if h > tallest {
            tallest = h;
            visible += 1;
        }
    }
    visible
}

pub fn longest_ones_with_flips(bits: &[u8], flips: i32) -> i32 {
    let mut left = 0;
    let mut zeros = 0;
    let mut best = 0;
    for right in 0..bits.len() {
        if bits[right] == 0 {
            zeros += 1;
        }
        while zeros > flips && left <= right {
            if bits[left] == 0 {
                zeros -= 1;
            }
            left += 1;
        }
        best = best.max(right + 1 - left);
    }
    best as i32
}

/// Fewest jumps to the last element, each at most as far as the element says.
pub fn fewest_jumps(reach: &[u8]) -> i32 {
    let mut jumps = 0;
    let mut edge = 0;
    let mut farthest = 0;

    for i in 0..reach.len().saturating_sub(1) {
        farthest = farthest.max(i + reach[i] as usize);
        if i == edge {
            if farthest == i {
                return -1;
            }
            edge = farthest;
            jumps += 1;
        }
    }
    jumps
}

pub fn circuit_start(gain: &[i32], cost: &[i32]) -> i32 {
    let mut total = 0i64;
    let mut tank = 0i64;
    let mut start = 0;

    for (i, (&g, &c)) in gain.iter().zip(cost).enumerate() {
        let net = g as i64 - c as i64;
        total += net;
        tank += net;
        if tank < 0 {
            tank = 0;
            start = i as i32 + 1;
        }
    }
    if !gain.is_empty() && total >= 0 { start } else { -1 }
}
