namespace SsdForecast.Cli.Serving;

/// <summary>Reads events from lines.</summary>
internal interface IEventReader
{
    /// <summary>Adds the events of a line: none for a header, several for a line with a column a series.</summary>
    /// <param name="line">UTF-8, with something on it.</param>
    /// <exception cref="BadEventException">The line holds no events.</exception>
    void Read(ReadOnlySpan<byte> line, List<EventRow> events);
}
