namespace SsdForecast.Data;

/// <summary>How series are laid out in a CSV file.</summary>
public enum CsvLayout
{
    /// <summary>Found from the header and the first rows, and stated in the report.</summary>
    Auto,

    /// <summary>One row a series and time: <c>unique_id, ds, y, …</c>.</summary>
    Long,

    /// <summary>One row a time, one column a series: <c>date, a, b, …</c>.</summary>
    WideColumns,

    /// <summary>One row a series, the name first and then its values, as in the M4 competition; rows may end early.</summary>
    WideRows,
}
