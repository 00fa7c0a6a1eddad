using System.Globalization;

namespace SsdForecast.Torch.Parallel.Collectives;

/// <summary>Which process of how many this is and where the first one listens: what <c>torchrun</c>, <c>srun</c> scripts and the like put into the environment.</summary>
/// <param name="Rank">Which process, from 0 (<c>RANK</c>).</param>
/// <param name="Size">How many (<c>WORLD_SIZE</c>).</param>
/// <param name="LocalRank">Which process of this machine, from 0 (<c>LOCAL_RANK</c>): which GPU.</param>
/// <param name="Address">Host of the first process (<c>MASTER_ADDR</c>).</param>
/// <param name="Port">Port that it listens at (<c>MASTER_PORT</c>).</param>
public sealed record RankSettings(int Rank, int Size, int LocalRank, string Address, int Port)
{
    /// <summary>The environment variable with the seconds after which a silent process counts as gone.</summary>
    public const string TimeoutVariable = "SSDF_RANK_TIMEOUT";

    /// <summary>How long to wait for another process, at the start and in each operation. Default 30 minutes: the first one may be busy with a long validation.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long to wait for all processes to have come together. Default 5 minutes.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Reads the environment.</summary>
    /// <param name="variable">Gives a variable's value or null; the process's own when left out.</param>
    /// <returns>Null where no launcher has set <c>WORLD_SIZE</c>, or set it to 1.</returns>
    /// <exception cref="FormatException">A variable is missing or not what it should be; the message names it.</exception>
    public static RankSettings? FromEnvironment(Func<string, string?>? variable = null)
    {
        variable ??= Environment.GetEnvironmentVariable;
        if (variable("WORLD_SIZE") is not { Length: > 0 }) return null;
        int Whole(string name, int least, int below, int? otherwise = null)
        {
            var text = variable(name);
            if (string.IsNullOrEmpty(text)) return otherwise ?? throw new FormatException($"WORLD_SIZE is set and {name} is not; a launcher sets RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT");
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value < below
                ? value
                : throw new FormatException($"{name} is '{text}'; it must be a whole number from {least} to {below - 1}");
        }
        var size = Whole("WORLD_SIZE", 1, 1 << 16);
        if (size == 1) return null;
        var rank = Whole("RANK", 0, size);
        var port = Whole("MASTER_PORT", 1, 1 << 16);
        // torchrun itself listens at that port.
        if (variable("TORCHELASTIC_USE_AGENT_STORE") == "True") port = port == 65535 ? port - 1 : port + 1;
        var address = variable("MASTER_ADDR") is { Length: > 0 } given ? given : throw new FormatException("WORLD_SIZE is set and MASTER_ADDR is not; a launcher sets RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT");
        var settings = new RankSettings(rank, size, Whole("LOCAL_RANK", 0, 1 << 16, rank), address, port);
        return variable(TimeoutVariable) is { Length: > 0 }
            ? settings with { Timeout = TimeSpan.FromSeconds(Whole(TimeoutVariable, 1, 1 << 24)), StartTimeout = TimeSpan.FromSeconds(Whole(TimeoutVariable, 1, 1 << 24)) }
            : settings;
    }
}
