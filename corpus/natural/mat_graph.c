#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>

/* The vertex with the most outgoing edges, -1 for no graph. */
int busiest_vertex(const uint8_t *adj, int n, int nodes)
{
    int best = -1, best_degree = -1;
    if (nodes <= 0 || n / nodes < nodes)
        return -1;
    for (int v = 0; v < nodes; v++) {
        int degree = 0;
        for (int u = 0; u < nodes; u++)
            degree += adj[v * nodes + u] != 0;
        if (degree > best_degree) {
            best_degree = degree;
            best = v;
        }
    }
    return best;
}

int bfs_hops(const uint8_t *adj, int n, int nodes, int from, int to)
{
    int queue[64], hops[64];
    int head = 0, tail = 0;

    if (nodes <= 0 || nodes > 64 || n / nodes < nodes)
        return -1;
    if (from < 0 || from >= nodes || to < 0 || to >= nodes)
        return -1;
    for (int v = 0; v < nodes; v++)
        hops[v] = -1;
    hops[from] = 0;
    queue[tail++] = from;
    while (head < tail && hops[to] < 0) {
        int v = queue[head++];
        for (int u = 0; u < nodes; u++) {
            if (adj[v * nodes + u] && hops[u] < 0) {
                hops[u] = hops[v] + 1;
                queue[tail++] = u;
            }
        }
    }
    return hops[to];
}

/* All-pairs shortest paths in place; a negative entry means no road. */
void floyd_warshall_inplace(int *dist, int n, int nodes)
{
    if (nodes <= 0 || n / nodes < nodes)
        return;
    for (int k = 0; k < nodes; k++) {
        for (int i = 0; i < nodes; i++) {
            int ik = dist[i * nodes + k];
            if (ik < 0)
                continue;
            for (int j = 0; j < nodes; j++) {
                int kj = dist[k * nodes + j];
                if (kj < 0)
                    continue;
                int64_t via = (int64_t)ik + kj;
                if (via > INT32_MAX)
                    via = INT32_MAX;
                int *ij = &dist[i * nodes + j];
                if (*ij < 0 || via < *ij)
                    *ij = (int)via;
            }
        }
    }
}

int count_graph_components(const uint8_t *adj, int n, int nodes)
{
    bool seen[48] = {false};
    int stack[48];
    int components = 0;

    if (nodes <= 0 || nodes > 48 || n / nodes < nodes)
        return 0;
    for (int root = 0; root < nodes; root++) {
        if (seen[root])
            continue;
        components++;
        int top = 0;
        seen[root] = true;
        stack[top++] = root;
        while (top > 0) {
            int v = stack[--top];
            for (int u = 0; u < nodes; u++) {
                bool joined = adj[v * nodes + u] || adj[u * nodes + v];
                if (joined && !seen[u]) {
                    seen[u] = true;
                    stack[top++] = u;
                }
            }
        }
    }
    return components;
}

/* state: 0 new, 1 on the path, otherwise done. */
bool dfs_finds_cycle(const uint8_t *adj, uint8_t *state, int n, int nodes, int v)
{
    if (nodes <= 0 || n / nodes < nodes || v < 0 || v >= nodes)
        return false;
    state[v] = 1;
    for (int u = 0; u < nodes; u++) {
        if (adj[v * nodes + u] == 0)
            continue;
        if (state[u] == 1)
            return true;
        if (state[u] == 0 && dfs_finds_cycle(adj, state, n, nodes, u))
            return true;
    }
    state[v] = 2;
    return false;
}

bool has_directed_cycle(const uint8_t *adj, uint8_t *state, int n, int nodes)
{
    if (nodes <= 0 || n / nodes < nodes)
        return false;
    for (int v = 0; v < nodes; v++)
        state[v] = 0;
    for (int v = 0; v < nodes; v++) {
        if (state[v] == 0 && dfs_finds_cycle(adj, state, n, nodes, v))
            return true;
    }
    return false;
}

/* Two-colours the vertices with bit masks. */
bool is_two_colorable(const bool *adj, int n, int nodes)
{
    uint32_t red = 0, blue = 0;

    if (nodes <= 0 || nodes > 32 || n / nodes < nodes)
        return false;
    for (int start = 0; start < nodes; start++) {
        if (((red | blue) >> start) & 1)
            continue;
        red |= 1u << start;
        bool grown = true;
        while (grown) {
            grown = false;
            for (int v = 0; v < nodes; v++) {
                bool is_red = (red >> v) & 1;
                bool is_blue = (blue >> v) & 1;
                if (!is_red && !is_blue)
                    continue;
                for (int u = 0; u < nodes; u++) {
                    if (!adj[v * nodes + u] && !adj[u * nodes + v])
                        continue;
                    uint32_t bit = 1u << u;
                    if ((is_red ? red : blue) & bit)
                        return false;
                    if (((is_red ? blue : red) & bit) == 0) {
                        if (is_red)
                            blue |= bit;
                        else
                            red |= bit;
                        grown = true;
                    }
                }
            }
        }
    }
    return true;
}

/* Prim: total weight of a minimum spanning tree, -1 if there is none. */
int64_t spanning_tree_weight(const int *weight, int n, int nodes)
{
    int64_t total = 0;
    int key[32];
    bool in_tree[32];

    if (nodes <= 0 || nodes > 32 || n / nodes < nodes)
        return -1;
    for (int v = 0; v < nodes; v++) {
        key[v] = INT32_MAX;
        in_tree[v] = false;
    }
    key[0] = 0;
    for (int round = 0; round < nodes; round++) {
        int next = -1;
        for (int v = 0; v < nodes; v++) {
            if (!in_tree[v] && key[v] != INT32_MAX && (next < 0 || key[v] < key[next]))
                next = v;
        }
        if (next < 0)
            return -1;
        in_tree[next] = true;
        total += key[next];
        for (int v = 0; v < nodes; v++) {
            int w = weight[next * nodes + v];
            if (w > 0 && w < key[v])
                key[v] = w;
        }
    }
    return total;
}

/* Kahn's algorithm; returns how many vertices could be placed. */
int topological_order(int *order, int order_len, const uint8_t *adj, int n, int nodes)
{
    int indegree[40];
    int placed = 0;

    if (nodes <= 0 || nodes > 40 || order_len < nodes || n / nodes < nodes)
        return 0;
    for (int v = 0; v < nodes; v++) {
        indegree[v] = 0;
        for (int u = 0; u < nodes; u++) {
            if (adj[u * nodes + v])
                indegree[v]++;
        }
        if (indegree[v] == 0)
            order[placed++] = v;
    }
    for (int done = 0; done < placed; done++) {
        int v = order[done];
        for (int u = 0; u < nodes; u++) {
            if (adj[v * nodes + u] && --indegree[u] == 0)
                order[placed++] = u;
        }
    }
    return placed;
}

int count_triangles(const bool *adj, int n, int nodes)
{
    if (nodes <= 0 || n / nodes < nodes)
        return 0;
    int triangles = 0;
    for (int i = 0; i < nodes; i++) {
        for (int j = i + 1; j < nodes; j++) {
            if (!adj[i * nodes + j])
                continue;
            for (int k = j + 1; k < nodes; k++)
                triangles += adj[i * nodes + k] && adj[j * nodes + k];
        }
    }
    return triangles;
}

/* Cost of the cheapest road, zero weights being no edge; UINT32_MAX if none. */
uint32_t dijkstra_cost(const uint16_t *weight, int n, int nodes, int from, int to)
{
    uint32_t cost[32];
    uint32_t open = 0;

    if (nodes <= 0 || nodes > 32 || n / nodes < nodes)
        return UINT32_MAX;
    if (from < 0 || from >= nodes || to < 0 || to >= nodes)
        return UINT32_MAX;
    for (int v = 0; v < nodes; v++) {
        cost[v] = UINT32_MAX;
        open |= 1u << v;
    }
    cost[from] = 0;

    while (open != 0) {
        int best = -1;
        for (int v = 0; v < nodes; v++) {
            if (((open >> v) & 1) && cost[v] != UINT32_MAX && (best < 0 || cost[v] < cost[best]))
                best = v;
        }
        if (best < 0 || best == to)
            break;
        open &= ~(1u << best);
        for (int v = 0; v < nodes; v++) {
            uint16_t w = weight[best * nodes + v];
            if (w != 0 && cost[best] + w < cost[v])
                cost[v] = cost[best] + w;
        }
    }
    return cost[to];
}
