using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>A snapshot in which other companions lie behind the states than the engine has. It is as it was.</summary>
public sealed class OtherCompanionsException : StateFormatException
{
    internal OtherCompanionsException(string source, string layout, string own)
        : base(source, $"the state was kept with '{layout}', and this engine keeps '{own}'; use the same companions or begin in another place")
        => (Layout, Own) = (layout, own);

    /// <summary>What the snapshot says of the bytes of a series: lengths, and the names of companions.</summary>
    public string Layout { get; }

    /// <summary>What the engine would have it say.</summary>
    public string Own { get; }
}
