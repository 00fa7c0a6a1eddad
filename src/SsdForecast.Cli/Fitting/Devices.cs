using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Settings;
using TorchSharp;

namespace SsdForecast.Cli.Fitting;

/// <summary>Checks the device that a user names.</summary>
internal static class Devices
{
    /// <summary>The device of the settings, cpu by default.</summary>
    /// <exception cref="CommandException">Not a device, or not one of this machine.</exception>
    public static string Checked(SettingValues values) => Checked(values.Text(SettingTable.Device), problem => values.Wrong(SettingTable.Device, problem));

    /// <summary>The device that an option names, cpu by default.</summary>
    /// <exception cref="CommandException">Not a device, or not one of this machine.</exception>
    public static string Checked(string? name) => Checked(name, problem => CommandException.Usage(SettingTable.Device.Option, problem));

    private static string Checked(string? name, Func<string, CommandException> wrong)
    {
        name ??= "cpu";
        var parts = name.Split(':');
        var index = 0;
        if (parts is not ["cpu"] and not ["cuda"] && !(parts is ["cuda", var number] && int.TryParse(number, out index) && index >= 0))
            throw wrong($"'{name}' is not a device; write cpu, cuda or cuda:1");
        if (parts[0] != "cuda") return name;
        var count = torch.cuda.is_available() ? torch.cuda.device_count() : 0;
        if (count == 0) throw CommandException.Work(SettingTable.Device.Option, "this libtorch finds no CUDA device; use --device cpu, or see 'ssdf doctor'");
        return index < count ? name : throw CommandException.Work(SettingTable.Device.Option, $"there is no {name}, only {count} CUDA devices (cuda:0 to cuda:{count - 1})");
    }
}
