/// The vertex with the most outgoing edges, -1 for no graph.
pub fn busiest_vertex(adj: &[u8], nodes: i32) -> i32 {
    if nodes <= 0 || adj.len() as i32 / nodes < nodes {
        return -1;
    }
    let nodes = nodes as usize;
    let mut best = 0;
    let mut best_degree = None;
    for (v, row) in adj.chunks_exact(nodes).take(nodes).enumerate() {
        let degree = row.iter().filter(|&&edge| edge != 0).count();
        if Some(degree) > best_degree {
            best_degree = Some(degree);
            best = v;
        }
    }
    best as i32
}

pub fn bfs_hops(adj: &[u8], nodes: i32, from: i32, to: i32) -> i32 {
    if nodes <= 0 || nodes > 64 || adj.len() as i32 / nodes < nodes {
        return -1;
    }
    if from < 0 || from >= nodes || to < 0 || to >= nodes {
        return -1;
    }
    let (nodes, from, to) = (nodes as usize, from as usize, to as usize);
    let mut queue = [0usize; 64];
    let mut hops = [-1i32; 64];
    let (mut head, mut tail) = (0, 1);

    queue[0] = from;
    hops[from] = 0;
    while head < tail && hops[to] < 0 {
        let v = queue[head];
        head += 1;
        for u in 0..nodes {
            if adj[v * nodes + u] != 0 && hops[u] < 0 {
                hops[u] = hops[v] + 1;
                queue[tail] = u;
                tail += 1;
            }
        }
    }
    hops[to]
}

/// All-pairs shortest paths in place; a negative entry means no road.
pub fn floyd_warshall_inplace(dist: &mut [i32], nodes: i32) {
    if nodes <= 0 || dist.len() as i32 / nodes < nodes {
        return;
    }
    let nodes = nodes as usize;
    for k in 0..nodes {
        for i in 0..nodes {
            let ik = dist[i * nodes + k];
            if ik < 0 {
                continue;
            }
            for j in 0..nodes {
                let kj = dist[k * nodes + j];
                if kj < 0 {
                    continue;
                }
                let via = ik.saturating_add(kj);
                let ij = &mut dist[i * nodes + j];
                if *ij < 0 || via < *ij {
                    *ij = via;
                }
            }
        }
    }
}

pub fn count_graph_components(adj: &[u8], nodes: i32) -> i32 {
    if nodes <= 0 || nodes > 48 || adj.len() as i32 / nodes < nodes {
        return 0;
    }
    let nodes = nodes as usize;
    let mut seen = [false; 48];
    let mut stack = [0usize; 48];
    let mut components = 0;

    for root in 0..nodes {
        if seen[root] {
            continue;
        }
        components += 1;
        seen[root] = true;
        stack[0] = root;
        let mut top = 1;
        while top > 0 {
            top -= 1;
            let v = stack[top];
            for u in 0..nodes {
                let joined = adj[v * nodes + u] != 0 || adj[u * nodes + v] != 0;
                if joined && !seen[u] {
                    seen[u] = true;
                    stack[top] = u;
                    top += 1;
                }
            }
        }
    }
    components
}

/// state: 0 new, 1 on the path, otherwise done.
pub fn dfs_finds_cycle(adj: &[u8], state: &mut [u8], nodes: i32, v: i32) -> bool {
    if nodes <= 0 || adj.len() as i32 / nodes < nodes || v < 0 || v >= nodes {
        return false;
    }
    state[v as usize] = 1;
    for u in 0..nodes {
        if adj[(v * nodes + u) as usize] == 0 {
            continue;
        }
        let seen = state[u as usize];
        if seen == 1 || (seen == 0 && dfs_finds_cycle(adj, state, nodes, u)) {
            return true;
        }
    }
    state[v as usize] = 2;
    false
}

pub fn has_directed_cycle(adj: &[u8], state: &mut [u8], nodes: i32) -> bool {
    if nodes <= 0 || adj.len() as i32 / nodes < nodes {
        return false;
    }
    for s in state.iter_mut().take(nodes as usize) {
        *s = 0;
    }
    for v in 0..nodes {
        if state[v as usize] == 0 && dfs_finds_cycle(adj, state, nodes, v) {
            return true;
        }
    }
    false
}

/// Two-colours the vertices with bit masks.
pub fn is_two_colorable(adj: &[bool], nodes: i32) -> bool {
    if nodes <= 0 || nodes > 32 || adj.len() as i32 / nodes < nodes {
        return false;
    }
    let nodes = nodes as usize;
    let mut red = 0u32;
    let mut blue = 0u32;

    for start in 0..nodes {
        if (red | blue) >> start & 1 != 0 {
            continue;
        }
        red |= 1 << start;
        let mut grown = true;
        while grown {
            grown = false;
            for v in 0..nodes {
                let is_red = red >> v & 1 != 0;
                let is_blue = blue >> v & 1 != 0;
                if !is_red && !is_blue {
                    continue;
                }
                for u in 0..nodes {
                    if !adj[v * nodes + u] && !adj[u * nodes + v] {
                        continue;
                    }
                    let bit = 1u32 << u;
                    let (own, other) = if is_red {
                        (red, &mut blue)
                    } else {
                        (blue, &mut red)
                    };
                    if own & bit != 0 {
                        return false;
                    }
                    if *other & bit == 0 {
                        *other |= bit;
                        grown = true;
                    }
                }
            }
        }
    }
    true
}

/// Prim: total weight of a minimum spanning tree, -1 if there is none.
pub fn spanning_tree_weight(weight: &[i32], nodes: i32) -> i64 {
    if nodes <= 0 || nodes > 32 || weight.len() as i32 / nodes < nodes {
        return -1;
    }
    let nodes = nodes as usize;
    let mut total = 0i64;
    let mut key = [i32::MAX; 32];
    let mut in_tree = [false; 32];

    key[0] = 0;
    for _ in 0..nodes {
        let mut next: Option<usize> = None;
        for v in 0..nodes {
            if in_tree[v] || key[v] == i32::MAX {
                continue;
            }
            if next.map_or(true, |b| key[v] < key[b]) {
                next = Some(v);
            }
        }
        let Some(next) = next else {
            return -1;
        };
        in_tree[next] = true;
        total += key[next] as i64;
        for v in 0..nodes {
            let w = weight[next * nodes + v];
            if w > 0 && w < key[v] {
                key[v] = w;
            }
        }
    }
    total
}

/// Kahn's algorithm; returns how many vertices could be placed.
pub fn topological_order(order: &mut [i32], adj: &[u8], nodes: i32) -> i32 {
    if nodes <= 0 || nodes > 40 || (order.len() as i32) < nodes || adj.len() as i32 / nodes < nodes {
        return 0;
    }
    let nodes = nodes as usize;
    let mut indegree = [0i32; 40];
    let mut placed = 0;

    for v in 0..nodes {
        indegree[v] = (0..nodes).filter(|&u| adj[u * nodes + v] != 0).count() as i32;
        if indegree[v] == 0 {
            order[placed] = v as i32;
            placed += 1;
        }
    }
    let mut done = 0;
    while done < placed {
        let v = order[done] as usize;
        for u in 0..nodes {
            if adj[v * nodes + u] != 0 {
                indegree[u] -= 1;
                if indegree[u] == 0 {
                    order[placed] = u as i32;
                    placed += 1;
                }
            }
        }
        done += 1;
    }
    placed as i32
}

pub fn count_triangles(adj: &[bool], nodes: i32) -> i32 {
    if nodes <= 0 || adj.len() as i32 / nodes < nodes {
        return 0;
    }
    let nodes = nodes as usize;
    let mut triangles = 0;
    for i in 0..nodes {
        for j in i + 1..nodes {
            if !adj[i * nodes + j] {
                continue;
            }
            for k in j + 1..nodes {
                if adj[i * nodes + k] && adj[j * nodes + k] {
                    triangles += 1;
                }
            }
        }
    }
    triangles
}

/// Cost of the cheapest road, zero weights being no edge; u32::MAX if none.
pub fn dijkstra_cost(weight: &[u16], nodes: i32, from: i32, to: i32) -> u32 {
    if nodes <= 0 || nodes > 32 || weight.len() as i32 / nodes < nodes {
        return u32::MAX;
    }
    if from < 0 || from >= nodes || to < 0 || to >= nodes {
        return u32::MAX;
    }
    let (nodes, to) = (nodes as usize, to as usize);
    let mut cost = [u32::MAX; 32];
    let mut open = [true; 32];
    cost[from as usize] = 0;

    loop {
        let mut best = nodes;
        for v in 0..nodes {
            if open[v] && cost[v] != u32::MAX && (best == nodes || cost[v] < cost[best]) {
                best = v;
            }
        }
        if best == nodes || best == to {
            return cost[to];
        }
        open[best] = false;
        for v in 0..nodes {
            let w = weight[best * nodes + v] as u32;
            if w != 0 && cost[best] + w < cost[v] {
                cost[v] = cost[best] + w;
            }
        }
    }
}
