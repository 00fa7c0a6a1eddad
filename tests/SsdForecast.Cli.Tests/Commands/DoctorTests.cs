using System.Text.Json;

namespace SsdForecast.Cli.Tests.Commands;

public class DoctorTests
{
    [Fact]
    public void Doctor_names_each_part_as_ok_or_missing()
    {
        var lines = Cli.Run("doctor").Lines;
        Assert.All(lines, l => Assert.Matches("^(ok     |missing)  ", l));
        foreach (var part in (string[])[".NET", "CPU features", "libtorch", "CUDA", "PNG"]) Assert.Contains(lines, l => l.Contains($"  {part} ", StringComparison.Ordinal));
    }

    [Fact]
    public void Doctor_prints_json()
    {
        using var json = JsonDocument.Parse(Cli.Good("doctor", "--json"));
        Assert.Contains(json.RootElement.EnumerateArray(), f => f.GetProperty("what").GetString() == "libtorch" && f.GetProperty("found").GetBoolean());
    }
}
