namespace SsdForecast.Cli.Serving;

/// <summary>Reads events from lines.</summary>
internal interface IEventReader
{
    /// <summary>Adds the events of a line: none for a header or an empty line, several for a line with a column a series.</summary>
    /// <exception cref="BadEventException">The line holds no events.</exception>
    void Read(string line, List<EventRow> events);
}
