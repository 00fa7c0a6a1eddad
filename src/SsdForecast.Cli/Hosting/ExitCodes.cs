namespace SsdForecast.Cli.Hosting;

/// <summary>What <c>ssdf</c> returns to the shell.</summary>
internal static class ExitCodes
{
    /// <summary>All is well.</summary>
    public const int Good = 0;

    /// <summary>The work failed: bad data, a damaged model, a full disk, numbers past their tolerance.</summary>
    public const int Failed = 1;

    /// <summary>The call was wrong: an unknown option or key, a missing argument, a named input that does not exist.</summary>
    public const int Usage = 2;
}
