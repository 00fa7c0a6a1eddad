using System.Net;
using SsdForecast.Torch.Parallel.Collectives;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests;

/// <summary>Processes that train together, here threads of one, joined by TCP.</summary>
internal static class Ranks
{
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    /// <summary>Runs something in every rank; what each returned, or the exception it threw. A rank that throws tells the others, as a training process does.</summary>
    public static object?[] Run(int size, Func<TcpGroup, object?> work, TimeSpan? timeout = null)
    {
        using var listener = TcpGroup.Listen(0, everywhere: false);
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var results = new object?[size];
        var threads = Enumerable.Range(0, size).Select(rank => new Thread(() =>
        {
            try
            {
                using var group = TcpGroup.Join(new RankSettings(rank, size, rank, "127.0.0.1", port) { Timeout = timeout ?? Long, StartTimeout = Long }, rank == 0 ? listener : null);
                try
                {
                    results[rank] = work(group);
                }
                catch (Exception e) when (e is not CollectiveException)
                {
                    group.Fail(e.Message);
                    throw;
                }
            }
            catch (Exception e)
            {
                results[rank] = e;
            }
        })).ToList();
        threads.ForEach(t => t.Start());
        foreach (var thread in threads) Assert.True(thread.Join(TimeSpan.FromMinutes(1)), "a rank hangs");
        return results;
    }

    /// <summary>What each rank returned; the exception of the first that threw is thrown.</summary>
    public static T[] All<T>(int size, Func<TcpGroup, T> work)
        => [.. Run(size, group => work(group)).Select(r => r is Exception e ? throw new InvalidOperationException(e.Message, e) : (T)r!)];
}

/// <summary>Sums as a group does, and notes what is begun: where each tensor lies and what is in it.</summary>
internal sealed class NotedSums(ICollective group) : ICollective
{
    public List<(long Start, float[] Values)> Begun { get; } = [];

    public int Ends { get; private set; }

    public int Rank => group.Rank;

    public int Size => group.Size;

    public Action? Before { get; init; }

    public void BeginSum(IReadOnlyList<Tensor> values)
    {
        Before?.Invoke();
        foreach (var value in values)
        {
            Begun.Add((value.storage_offset(), value.data<float>().ToArray()));
            group.AllReduceSum(value);
        }
    }

    public void EndSums() => Ends++;

    public void AllReduceSum(Tensor values) => group.AllReduceSum(values);

    public void Broadcast(Tensor values) => group.Broadcast(values);

    public double[] Broadcast(double[] values) => group.Broadcast(values);

    public void Barrier() => group.Barrier();

    public void Dispose()
    {
    }
}
