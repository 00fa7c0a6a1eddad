using SsdForecast.Runtime.Kernels;
using SsdForecast.Torch.Host;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests.Host;

/// <summary>The threads that torch lends.</summary>
public class ThreadTeamTests
{
    [Fact]
    public void All_of_the_work_is_done_when_it_returns()
    {
        TorchHost.Prepare();
        var (left, done) = (1000, 0);
        ThreadTeam.Current.Run(2, () =>
        {
            while (Interlocked.Decrement(ref left) >= 0) Interlocked.Increment(ref done);
        });
        Assert.Equal(1000, done);
    }

    [Fact]
    public void An_exception_of_a_thread_is_the_callers()
    {
        TorchHost.Prepare();
        var caught = Record.Exception(() => ThreadTeam.Current.Run(2, () => throw new InvalidOperationException("of a thread")));
        Assert.Contains("of a thread", caught!.ToString(), StringComparison.Ordinal);
        // The team is good for more.
        ThreadTeam.Current.Run(2, () => { });
        Assert.Equal(2.0, (ones(1000) * 2).mean().item<float>());
    }

    [Fact]
    public void No_team_is_refused() => Assert.Throws<ArgumentNullException>(() => ThreadTeam.Current = null!);
}
