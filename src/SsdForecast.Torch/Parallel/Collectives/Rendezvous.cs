using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace SsdForecast.Torch.Parallel.Collectives;

/// <summary>How processes find each other: the first listens, the others connect and say who they are.</summary>
internal static class Rendezvous
{
    /// <summary>Opens the port at which the first process waits; 0 takes a free one.</summary>
    public static TcpListener Listen(int port, bool everywhere)
    {
        var listener = new TcpListener(everywhere ? IPAddress.Any : IPAddress.Loopback, port);
        try
        {
            listener.Start();
        }
        catch (SocketException e)
        {
            throw new CollectiveException($"port {port} cannot be listened at ({e.Message}); set MASTER_PORT to a free one", e);
        }
        return listener;
    }

    /// <summary>Waits for all others, and gives their connections in the order of ranks.</summary>
    /// <param name="settings">How many, and for how long.</param>
    /// <param name="listener">The open port; null to open the one of the settings. It is closed at the end.</param>
    /// <param name="alive">Throws when a process that should come never will.</param>
    public static IReadOnlyList<(int Rank, TcpClient Client)> Accept(RankSettings settings, TcpListener? listener, Action? alive)
    {
        using var open = listener ?? Listen(settings.Port, !IsLoopback(settings.Address));
        var clock = Stopwatch.StartNew();
        var come = new Dictionary<int, TcpClient>();
        try
        {
            while (come.Count < settings.Size - 1)
            {
                alive?.Invoke();
                if (clock.Elapsed > settings.StartTimeout) throw Missing(settings, come.Keys);
                if (!open.Pending())
                {
                    Thread.Sleep(20);
                    continue;
                }
                var client = open.AcceptTcpClient();
                // A stranger, or a process of another run, is sent away.
                if (Greeting.Read(client) is not { } greeting || !Belongs(greeting, settings) || !come.TryAdd(greeting.Rank, client)) client.Dispose();
            }
        }
        catch
        {
            foreach (var client in come.Values) client.Dispose();
            throw;
        }
        return [.. come.OrderBy(c => c.Key).Select(c => (c.Key, c.Value))];
    }

    /// <summary>Connects to the first process, as soon as it listens.</summary>
    public static TcpClient Connect(RankSettings settings)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var client = new TcpClient();
            try
            {
                client.Connect(settings.Address, settings.Port);
                Greeting.Write(client, new Greeting(settings.Rank, settings.Size));
                return client;
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                client.Dispose();
                if (clock.Elapsed > settings.StartTimeout)
                    throw new CollectiveException($"rank 0 does not answer at {settings.Address}:{settings.Port} ({e.Message}); see that it runs, and that MASTER_ADDR and MASTER_PORT are its own", e);
                Thread.Sleep(100);
            }
        }
    }

    private static bool Belongs(Greeting greeting, RankSettings settings) => greeting.Size == settings.Size && greeting.Rank > 0 && greeting.Rank < settings.Size;

    private static bool IsLoopback(string address) => address is "localhost" || (IPAddress.TryParse(address, out var ip) && IPAddress.IsLoopback(ip));

    private static CollectiveException Missing(RankSettings settings, IReadOnlyCollection<int> come)
    {
        var first = Enumerable.Range(1, settings.Size - 1).First(r => !come.Contains(r));
        return new CollectiveException($"rank {first} has not come within {settings.StartTimeout.TotalSeconds:F0} s; see why it did not start");
    }
}
