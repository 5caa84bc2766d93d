const std = @import("std");

/// The vertex with the most outgoing edges, -1 for no graph.
fn busiest_vertex(adj: []const u8, nodes: i32) i32 {
    if (nodes <= 0) return -1;
    const size: usize = @intCast(nodes);
    if (adj.len / size < size) return -1;
    var best: i32 = -1;
    var best_degree: i32 = -1;
    for (0..size) |v| {
        var degree: i32 = 0;
        for (adj[v * size ..][0..size]) |edge| degree += @intFromBool(edge != 0);
        if (degree > best_degree) {
            best_degree = degree;
            best = @intCast(v);
        }
    }
    return best;
}

fn bfs_hops(adj: []const u8, nodes: i32, from: i32, to: i32) i32 {
    if (nodes <= 0 or nodes > 64) return -1;
    if (from < 0 or from >= nodes or to < 0 or to >= nodes) return -1;
    const size: usize = @intCast(nodes);
    if (adj.len / size < size) return -1;

    var queue: [64]usize = undefined;
    var hops: [64]i32 = @splat(-1);
    var head: usize = 0;
    var tail: usize = 1;
    const goal: usize = @intCast(to);
    queue[0] = @intCast(from);
    hops[queue[0]] = 0;
    while (head < tail and hops[goal] < 0) : (head += 1) {
        const v = queue[head];
        for (adj[v * size ..][0..size], 0..) |edge, u| {
            if (edge != 0 and hops[u] < 0) {
                hops[u] = hops[v] + 1;
                queue[tail] = u;
                tail += 1;
            }
        }
    }
    return hops[goal];
}

/// All-pairs shortest paths in place; a negative entry means no road.
fn floyd_warshall_inplace(dist: []i32, nodes: i32) void {
    if (nodes <= 0) return;
    const size: usize = @intCast(nodes);
    if (dist.len / size < size) return;
    for (0..size) |k| {
        for (0..size) |i| {
            const ik = dist[i * size + k];
            if (ik < 0) continue;
            for (0..size) |j| {
                const kj = dist[k * size + j];
                if (kj < 0) continue;
                const via = ik +| kj;
                const ij = &dist[i * size + j];
                if (ij.* < 0 or via < ij.*) ij.* = via;
            }
        }
    }
}

fn count_graph_components(adj: []const u8, nodes: i32) i32 {
    if (nodes <= 0 or nodes > 48) return 0;
    const size: usize = @intCast(nodes);
    if (adj.len / size < size) return 0;
    var seen: [48]bool = @splat(false);
    var stack: [48]usize = undefined;
    var components: i32 = 0;

    for (0..size) |root| {
        if (seen[root]) continue;
        components += 1;
        seen[root] = true;
        stack[0] = root;
        var top: usize = 1;
        while (top > 0) {
            top -= 1;
            const v = stack[top];
            for (0..size) |u| {
                const joined = adj[v * size + u] != 0 or adj[u * size + v] != 0;
                if (joined and !seen[u]) {
                    seen[u] = true;
                    stack[top] = u;
                    top += 1;
                }
            }
        }
    }
    return components;
}

/// state: 0 new, 1 on the path, otherwise done.
fn dfs_finds_cycle(adj: []const u8, state: []u8, nodes: i32, v: i32) bool {
    if (nodes <= 0 or v < 0 or v >= nodes) return false;
    const size: usize = @intCast(nodes);
    const at: usize = @intCast(v);
    if (adj.len / size < size) return false;
    state[at] = 1;
    for (adj[at * size ..][0..size], 0..) |edge, u| {
        if (edge == 0) continue;
        if (state[u] == 1) return true;
        if (state[u] == 0 and dfs_finds_cycle(adj, state, nodes, @intCast(u))) return true;
    }
    state[at] = 2;
    return false;
}

fn has_directed_cycle(adj: []const u8, state: []u8, nodes: i32) bool {
    if (nodes <= 0) return false;
    const size: usize = @intCast(nodes);
    if (adj.len / size < size) return false;
    for (state[0..size]) |*s| s.* = 0;
    for (0..size) |v| {
        if (state[v] == 0 and dfs_finds_cycle(adj, state, nodes, @intCast(v))) return true;
    }
    return false;
}

/// Two-colours the vertices with bit masks.
fn is_two_colorable(adj: []const bool, nodes: i32) bool {
    if (nodes <= 0 or nodes > 32) return false;
    const size: usize = @intCast(nodes);
    if (adj.len / size < size) return false;
    var red: u32 = 0;
    var blue: u32 = 0;

    for (0..size) |start| {
        const start_bit = @as(u32, 1) << @intCast(start);
        if ((red | blue) & start_bit != 0) continue;
        red |= start_bit;
        var grown = true;
        while (grown) {
            grown = false;
            for (0..size) |v| {
                const own_bit = @as(u32, 1) << @intCast(v);
                const is_red = red & own_bit != 0;
                if (!is_red and blue & own_bit == 0) continue;
                const own = if (is_red) &red else &blue;
                const other = if (is_red) &blue else &red;
                for (0..size) |u| {
                    if (!adj[v * size + u] and !adj[u * size + v]) continue;
                    const bit = @as(u32, 1) << @intCast(u);
                    if (own.* & bit != 0) return false;
                    if (other.* & bit == 0) {
                        other.* |= bit;
                        grown = true;
                    }
                }
            }
        }
    }
    return true;
}

/// Prim: total weight of a minimum spanning tree, -1 if there is none.
fn spanning_tree_weight(weight: []const i32, nodes: i32) i64 {
    if (nodes <= 0 or nodes > 32) return -1;
    const size: usize = @intCast(nodes);
    if (weight.len / size < size) return -1;
    const unreached = std.math.maxInt(i32);
    var total: i64 = 0;
    var key: [32]i32 = @splat(unreached);
    var in_tree: [32]bool = @splat(false);

    key[0] = 0;
    for (0..size) |_| {
        var candidate: ?usize = null;
        for (0..size) |v| {
            if (in_tree[v] or key[v] == unreached) continue;
            if (candidate == null or key[v] < key[candidate.?]) candidate = v;
        }
        const next = candidate orelse return -1;
        in_tree[next] = true;
        total += key[next];
        for (weight[next * size ..][0..size], 0..) |w, v| {
            if (w > 0 and w < key[v]) key[v] = w;
        }
    }
    return total;
}

/// Kahn's algorithm; returns how many vertices could be placed.
fn topological_order(order: []i32, adj: []const u8, nodes: i32) i32 {
    if (nodes <= 0 or nodes > 40) return 0;
    const size: usize = @intCast(nodes);
    if (order.len < size or adj.len / size < size) return 0;
    var indegree: [40]i32 = @splat(0);
    var placed: usize = 0;

    for (0..size) |v| {
        for (0..size) |u| {
            if (adj[u * size + v] != 0) indegree[v] += 1;
        }
        if (indegree[v] == 0) {
            order[placed] = @intCast(v);
            placed += 1;
        }
    }
    var done: usize = 0;
    while (done < placed) : (done += 1) {
        const v: usize = @intCast(order[done]);
        for (0..size) |u| {
            if (adj[v * size + u] == 0) continue;
            indegree[u] -= 1;
            if (indegree[u] == 0) {
                order[placed] = @intCast(u);
                placed += 1;
            }
        }
    }
    return @intCast(placed);
}

fn count_triangles(adj: []const bool, nodes: i32) i32 {
    if (nodes <= 0) return 0;
    const size: usize = @intCast(nodes);
    if (adj.len / size < size) return 0;
    var triangles: i32 = 0;
    for (0..size) |i| {
        for (i + 1..size) |j| {
            if (!adj[i * size + j]) continue;
            for (j + 1..size) |k| {
                if (adj[i * size + k] and adj[j * size + k]) triangles += 1;
            }
        }
    }
    return triangles;
}

/// Cost of the cheapest road, zero weights being no edge; maxInt(u32) if none.
fn dijkstra_cost(weight: []const u16, nodes: i32, from: i32, to: i32) u32 {
    const unreached = std.math.maxInt(u32);
    if (nodes <= 0 or nodes > 32) return unreached;
    if (from < 0 or from >= nodes or to < 0 or to >= nodes) return unreached;
    const size: usize = @intCast(nodes);
    if (weight.len / size < size) return unreached;
    const goal: usize = @intCast(to);
    var cost: [32]u32 = @splat(unreached);
    var open: [32]bool = @splat(true);
    cost[@intCast(from)] = 0;

    while (true) {
        var closest: ?usize = null;
        for (0..size) |v| {
            if (!open[v] or cost[v] == unreached) continue;
            if (closest == null or cost[v] < cost[closest.?]) closest = v;
        }
        const best = closest orelse break;
        if (best == goal) break;
        open[best] = false;
        for (weight[best * size ..][0..size], 0..) |w, v| {
            if (w != 0 and cost[best] + w < cost[v]) cost[v] = cost[best] + w;
        }
    }
    return cost[goal];
}
