pub fn knapsack_best_value(weight: &[i32], value: &[u16], capacity: i32) -> i32 {
    if capacity < 0 {
        return 0;
    }
    let capacity = capacity.min(127) as usize;
    let mut best = [0i32; 128];

    for (&w, &v) in weight.iter().zip(value) {
        if w <= 0 {
            continue;
        }
        let w = w as usize;
        for c in (w..=capacity).rev() {
            best[c] = best[c].max(best[c - w] + v as i32);
        }
    }
    best[capacity]
}

/// Longest common subsequence of a and at most 63 elements of b.
pub fn lcs_length_bytes(a: &[u8], b: &[u8]) -> i32 {
    let mut row = [0i32; 64];
    let nb = b.len().min(63);

    for &x in a {
        let mut diagonal = 0;
        for j in 1..=nb {
            let above = row[j];
            row[j] = if x == b[j - 1] {
                diagonal + 1
            } else {
                above.max(row[j - 1])
            };
            diagonal = above;
        }
    }
    row[nb]
}

/// Fewest coins that make the amount, -1 if they can't.
pub fn fewest_coins(coins: &[i32], amount: i32) -> i32 {
    if amount < 0 || amount > 255 {
        return -1;
    }
    let amount = amount as usize;
    let mut need: [Option<i32>; 256] = [None; 256];
    need[0] = Some(0);
    for sum in 1..=amount {
        for &coin in coins {
            if coin <= 0 || coin > sum as i32 {
                continue;
            }
            if let Some(rest) = need[sum - coin as usize] {
                need[sum] = match need[sum] {
                    Some(known) if known <= rest + 1 => Some(known),
                    _ => Some(rest + 1),
                };
            }
        }
    }
    need[amount].unwrap_or(-1)
}

pub fn count_change_ways(coins: &[u8], amount: u8) -> u64 {
    let amount = amount as usize;
    let mut ways = [0u64; 256];
    ways[0] = 1;
    for &coin in coins.iter().filter(|&&c| c != 0) {
        let coin = coin as usize;
        for sum in coin..=amount {
            ways[sum] = ways[sum].wrapping_add(ways[sum - coin]);
        }
    }
    ways[amount]
}

/// Edit distance of two short strings; -1 if it is above the limit.
pub fn edit_distance_limited(a: &[i8], b: &[i8], limit: i32) -> i32 {
    if b.len() > 64 {
        return -1;
    }
    let mut row = [0i32; 65];
    for j in 0..=b.len() {
        row[j] = j as i32;
    }

    for (i, &x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i as i32 + 1;
        let mut lowest = row[0];
        for (j, &y) in b.iter().enumerate() {
            let cost = (diagonal + (x != y) as i32)
                .min(row[j + 1] + 1)
                .min(row[j] + 1);
            diagonal = row[j + 1];
            row[j + 1] = cost;
            lowest = lowest.min(cost);
        }
        if lowest > limit {
            return -1;
        }
    }
    let distance = row[b.len()];
    if distance <= limit { distance } else { -1 }
}

/// Length of the longest strictly increasing subsequence (of at most 64).
pub fn patience_pile_count(a: &[i32]) -> i32 {
    let mut tails = [0i32; 64];
    let mut piles = 0;

    for &v in a {
        let mut lo = 0;
        let mut hi = piles;
        while lo < hi {
            let mid = (lo + hi) / 2;
            if tails[mid] < v {
                lo = mid + 1;
            } else {
                hi = mid;
            }
        }
        if lo == tails.len() {
            continue;
        }
        tails[lo] = v;
        if lo == piles {
            piles += 1;
        }
    }
    piles as i32
}

/// Which sums up to 63 some of the parts can make, as a bit set.
pub fn reachable_sums(parts: &[u32]) -> u64 {
    parts
        .iter()
        .filter(|&&p| p < 64)
        .fold(1u64, |sums, &p| sums | sums << p)
}

pub fn cheapest_descent(cost: &[i32], rows: i32, cols: i32) -> i64 {
    if rows <= 0 || cols <= 0 || cols > 64 || cost.len() as i32 / cols < rows {
        return -1;
    }
    let (rows, cols) = (rows as usize, cols as usize);
    let mut row = [0i64; 64];
    for c in 0..cols {
        row[c] = cost[c] as i64;
    }
    for r in 1..rows {
        let mut left = row[0];
        for c in 0..cols {
            let here = row[c];
            let mut best = here.min(left);
            if c + 1 < cols {
                best = best.min(row[c + 1]);
            }
            row[c] = best + cost[r * cols + c] as i64;
            left = here;
        }
    }
    row[..cols].iter().copied().min().unwrap_or(-1)
}

pub fn count_open_paths(blocked: &[bool], rows: i32, cols: i32) -> u32 {
    if rows <= 0 || cols <= 0 || cols > 48 || blocked.len() as i32 / cols < rows {
        return 0;
    }
    let (rows, cols) = (rows as usize, cols as usize);
    let mut paths = [0u32; 48];
    paths[0] = 1;
    for row in blocked.chunks_exact(cols).take(rows) {
        for (c, &wall) in row.iter().enumerate() {
            if wall {
                paths[c] = 0;
            } else if c > 0 {
                paths[c] = paths[c].wrapping_add(paths[c - 1]);
            }
        }
    }
    paths[cols - 1]
}

/// price[i] is what a piece of length i + 1 brings.
pub fn best_rod_cut(price: &[i16]) -> i32 {
    let mut best = [0i32; 65];
    let total = price.len().min(64);

    for length in 1..=total {
        let mut top = i32::MIN;
        for piece in 1..=length {
            top = top.max(price[piece - 1] as i32 + best[length - piece]);
        }
        best[length] = top;
    }
    best[total]
}

pub fn longest_palindromic_subsequence(s: &[i8]) -> i32 {
    let n = s.len().min(80);
    if n == 0 {
        return 0;
    }
    let mut row = [0i32; 80];

    for i in (0..n).rev() {
        let mut diagonal = 0;
        row[i] = 1;
        for j in i + 1..n {
            let below = row[j];
            row[j] = if s[i] == s[j] {
                diagonal + 2
            } else {
                below.max(row[j - 1])
            };
            diagonal = below;
        }
    }
    row[n - 1]
}

/// Scalar multiplications for a chain of matrices dims[i] x dims[i + 1].
pub fn matrix_chain_cost(dims: &[u16]) -> u64 {
    if dims.len() < 2 {
        return 0;
    }
    let mut cost = [[0u64; 16]; 16];
    let count = (dims.len() - 1).min(16);

    for span in 1..count {
        for i in 0..count - span {
            let j = i + span;
            let mut best = u64::MAX;
            for k in i..j {
                let product = dims[i] as u64 * dims[k + 1] as u64 * dims[j + 1] as u64;
                best = best.min(cost[i][k] + cost[k + 1][j] + product);
            }
            cost[i][j] = best;
        }
    }
    cost[0][count - 1]
}

pub fn max_nonadjacent_sum(a: &[i32]) -> i64 {
    let mut take = 0i64;
    let mut skip = 0i64;
    for &v in a {
        (take, skip) = (skip + v as i64, skip.max(take));
    }
    take.max(skip)
}

pub fn longest_zigzag(a: &[f32]) -> i32 {
    if a.is_empty() {
        return 0;
    }
    let mut up = 1;
    let mut down = 1;
    for w in a.windows(2) {
        if w[1] > w[0] {
            up = down + 1;
        } else if w[1] < w[0] {
            down = up + 1;
        }
    }
    up.max(down)
}
