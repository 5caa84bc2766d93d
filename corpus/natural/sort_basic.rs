/// Returns the number of passes it took.
pub fn bubble_sort_until_quiet(a: &mut [i16]) -> i32 {
    let mut passes = 0;
    loop {
        let mut swapped = false;
        let mut i = 1;
        while i + passes < a.len() {
            if a[i - 1] > a[i] {
                a.swap(i - 1, i);
                swapped = true;
            }
            i += 1;
        }
        passes += 1;
        if !swapped {
            return passes as i32;
        }
    }
}

pub fn selection_sort_descending(a: &mut [f32]) {
    let n = a.len();
    for i in 0..n {
        let mut top = i;
        for j in i + 1..n {
            if a[j] > a[top] {
                top = j;
            }
        }
        if top != i {
            a.swap(i, top);
        }
    }
}

pub fn shell_sort_u32(a: &mut [u32]) {
    let n = a.len();
    let mut gap = 1;
    while gap < n / 3 {
        gap = gap * 3 + 1;
    }

    while gap > 0 {
        for i in gap..n {
            let v = a[i];
            let mut j = i;
            while j >= gap && a[j - gap] > v {
                a[j] = a[j - gap];
                j -= gap;
            }
            a[j] = v;
        }
        gap /= 3;
    }
}

pub fn gnome_sort_chars(s: &mut [i8]) {
    let mut i = 0;
    while i < s.len() {
        if i == 0 || s[i - 1] <= s[i] {
            i += 1;
        } else {
            s.swap(i, i - 1);
            i -= 1;
        }
    }
}

pub fn comb_sort_i64(a: &mut [i64]) {
    let n = a.len();
    let mut gap = n;
    let mut done = false;

    while !done {
        gap = gap * 10 / 13;
        if gap <= 1 {
            gap = 1;
            done = true;
        }
        for i in gap..n {
            if a[i - gap] > a[i] {
                a.swap(i - gap, i);
                done = false;
            }
        }
    }
}

/// Restores the max-heap below root, within the first `end` elements.
pub fn sift_down_max(a: &mut [i32], root: i32, end: i32) {
    if root < 0 || end > a.len() as i32 {
        return;
    }
    let mut root = root;
    while root < end / 2 {
        let mut child = root * 2 + 1;
        if child + 1 < end && a[child as usize] < a[child as usize + 1] {
            child += 1;
        }
        if a[root as usize] >= a[child as usize] {
            return;
        }
        a.swap(root as usize, child as usize);
        root = child;
    }
}

pub fn heap_sort_ints(a: &mut [i32]) {
    let n = a.len() as i32;
    for i in (0..n / 2).rev() {
        sift_down_max(a, i, n);
    }
    for end in (1..n).rev() {
        a.swap(0, end as usize);
        sift_down_max(a, 0, end);
    }
}

pub fn counting_sort_bytes(a: &mut [u8]) {
    let mut counts = [0usize; 256];

    for &v in a.iter() {
        counts[v as usize] += 1;
    }
    let mut w = 0;
    for (v, &count) in counts.iter().enumerate() {
        for _ in 0..count {
            a[w] = v as u8;
            w += 1;
        }
    }
}

pub fn quicksort_range(a: &mut [i32], lo: i32, hi: i32) {
    if lo < 0 || hi >= a.len() as i32 || lo >= hi {
        return;
    }
    let pivot = a[(lo + (hi - lo) / 2) as usize];
    let mut i = lo;
    let mut j = hi;
    while i <= j {
        while a[i as usize] < pivot {
            i += 1;
        }
        while a[j as usize] > pivot {
            j -= 1;
        }
        if i <= j {
            a.swap(i as usize, j as usize);
            i += 1;
            j -= 1;
        }
    }
    quicksort_range(a, lo, j);
    quicksort_range(a, i, hi);
}

/// The k-th smallest, by repeated partitioning with the last element.
pub fn quickselect_kth(a: &mut [i32], k: i32) -> i32 {
    if k < 0 || k >= a.len() as i32 {
        return -1;
    }
    let k = k as usize;
    let mut lo = 0;
    let mut hi = a.len() - 1;
    while lo < hi {
        let pivot = a[hi];
        let mut store = lo;
        for i in lo..hi {
            if a[i] < pivot {
                a.swap(i, store);
                store += 1;
            }
        }
        a.swap(hi, store);
        if store == k {
            break;
        }
        if store < k {
            lo = store + 1;
        } else {
            hi = store - 1;
        }
    }
    a[k]
}

pub fn cocktail_shaker_sort(a: &mut [u16]) {
    let mut lo = 0;
    let mut hi = a.len().saturating_sub(1);
    while lo < hi {
        let mut last = lo;
        for i in lo..hi {
            if a[i] > a[i + 1] {
                a.swap(i, i + 1);
                last = i;
            }
        }
        hi = last;
        for i in (lo + 1..=hi).rev() {
            if a[i - 1] > a[i] {
                a.swap(i - 1, i);
                last = i;
            }
        }
        lo = last;
    }
}

pub fn merge_sort_bottom_up(a: &mut [i32], tmp: &mut [i32]) {
    let n = a.len();
    let mut width = 1;
    while width < n {
        let mut lo = 0;
        while lo < n {
            let mid = n.min(lo + width);
            let hi = n.min(lo + 2 * width);
            let mut i = lo;
            let mut j = mid;
            for slot in &mut tmp[lo..hi] {
                if i < mid && (j >= hi || a[i] <= a[j]) {
                    *slot = a[i];
                    i += 1;
                } else {
                    *slot = a[j];
                    j += 1;
                }
            }
            lo += 2 * width;
        }
        for (x, &t) in a.iter_mut().zip(tmp.iter()) {
            *x = t;
        }
        width *= 2;
    }
}

/// Sorts the keys and carries the values along.
pub fn sort_pairs_by_key(keys: &mut [i16], values: &mut [i32]) {
    for i in 1..keys.len() {
        let key = keys[i];
        let value = values[i];
        let mut lo = 0;
        let mut hi = i;
        while lo < hi {
            let mid = (lo + hi) / 2;
            if keys[mid] <= key {
                lo = mid + 1;
            } else {
                hi = mid;
            }
        }
        for j in (lo + 1..=i).rev() {
            keys[j] = keys[j - 1];
            values[j] = values[j - 1];
        }
        keys[lo] = key;
        values[lo] = value;
    }
}

/// One stable pass over the byte that `shift` selects.
pub fn radix_pass(src: &[u32], dst: &mut [u32], shift: u32) {
    let mut offsets = [0usize; 256];
    let shift = shift & 24;

    for &v in src {
        offsets[(v >> shift & 0xff) as usize] += 1;
    }
    let mut at = 0;
    for slot in offsets.iter_mut() {
        let count = *slot;
        *slot = at;
        at += count;
    }
    for &v in src {
        let slot = &mut offsets[(v >> shift & 0xff) as usize];
        dst[*slot] = v;
        *slot += 1;
    }
}

pub fn argsort_doubles(x: &[f64], order: &mut [i32]) {
    for i in 0..x.len() {
        let mut j = i;
        while j > 0 && x[order[j - 1] as usize] > x[i] {
            order[j] = order[j - 1];
            j -= 1;
        }
        order[j] = i as i32;
    }
}

/// Number of steps at which the order is broken, 0 if sorted either way.
pub fn count_order_breaks(a: &[u8]) -> i32 {
    let ups = a.windows(2).filter(|w| w[1] > w[0]).count();
    let downs = a.windows(2).filter(|w| w[1] < w[0]).count();
    ups.min(downs) as i32
}
